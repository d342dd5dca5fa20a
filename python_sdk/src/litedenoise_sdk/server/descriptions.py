"""Parts of the OpenAPI description that no signature can say."""

from typing import Any

from litedenoise_sdk.server.answers import CONTENT, HEADERS
from litedenoise_sdk.server.problems import MEDIA_TYPE, Problem, ProblemDetails
from litedenoise_sdk.server.uploads import FORM_TYPE, RAW_TYPES

SUMMARY = "Denoises photographs on this machine with LiteDenoiseNet and LiteRT."
DESCRIPTION = """\
Send a photo to `POST /v1/denoise` and get it back denoised, or start a job with `POST /v1/jobs`,
follow it on `/v1/jobs/{id}/events`, and take its result as often as you like, each time with
another strength: that costs no inference.

JPEG, PNG, WebP, TIFF, AVIF, and with their extras HEIC, JPEG XL and camera raw; EXIF, ICC profile,
XMP and transparency survive. Every refusal is a problem detail (RFC 9457).

    curl -F image=@photo.jpg -o clean.jpg http://127.0.0.1:8080/v1/denoise
    curl --data-binary @photo.jpg -H 'Content-Type: image/jpeg' -o clean.jpg \\
        'http://127.0.0.1:8080/v1/denoise?strength=0.8'
"""

_REFUSALS = {
    400: ("broken-form", "the form cannot be read: Missing boundary in multipart."),
    401: ("key-needed", "expected the header Authorization: Bearer KEY"),
    403: ("foreign-origin", "pages of other sites may not use this service"),
    404: ("no-such-job", "there is no such job; finished ones are kept for a while only"),
    405: ("method-not-allowed", "Method Not Allowed"),
    408: ("upload-too-slow", "expected bytes at least every 15 s; 4096 bytes came"),
    409: ("not-finished", "the job is running; its result comes when it is done"),
    413: ("upload-too-large", "expected at most 200 MB; more came"),
    415: ("unsupported-photo", "video files are not read; expected JPEG, PNG, WebP or TIFF."),
    422: ("invalid-parameter", "strength: Input should be less than or equal to 1"),
    429: ("queue-full", "18 photos are running or waiting; try again in 4 seconds"),
    431: ("headers-too-large", "expected at most 16384 bytes of headers"),
    500: (
        "internal-error",
        "the service failed in a way it does not know (error 1f0c in the log)",
    ),
    503: ("shutting-down", "the service is being stopped"),
}
_EVERYWHERE = (401, 403, 405, 422, 431, 500)
_UPLOADS = (400, 408, 413, 415, 429, 503)
_RETRIED = {
    "Retry-After": {"schema": {"type": "integer"}, "description": "seconds until another try"}
}


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problem details that a route may answer, beside those that every route may."""
    return {status: _refusal(status) for status in sorted({*_EVERYWHERE, *statuses})}


def upload_refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The same for routes that take a photo."""
    return refusals(*_UPLOADS, *statuses)


def _refusal(status: int) -> dict[str, Any]:
    kind, detail = _REFUSALS[status]
    example = Problem(status, kind, detail).details
    answer: dict[str, Any] = {
        "description": example.title,
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": f"#/components/schemas/{ProblemDetails.__name__}"},
                "example": example.model_dump(),
            }
        },
    }
    if status in (413, 429):
        answer["headers"] = _RETRIED
    return answer


PICTURE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The denoised photo", "headers": HEADERS, "content": CONTENT}
}


def photo_body(parameters: type[Any]) -> dict[str, Any]:
    """The body of a route that takes a photo: a form whose fields may hold parameters, or bytes."""
    fields = parameters.model_json_schema()["properties"]
    form = {
        "type": "object",
        "required": ["image"],
        "additionalProperties": False,
        "properties": {
            "image": {"type": "string", "format": "binary", "description": "the photo's file"},
            **fields,
        },
    }
    raw = {"schema": {"type": "string", "format": "binary"}}
    return {
        "requestBody": {
            "required": True,
            "content": {
                FORM_TYPE: {"schema": form, "encoding": {"image": {"contentType": "image/*"}}},
                **dict.fromkeys(RAW_TYPES, raw),
            },
        }
    }
