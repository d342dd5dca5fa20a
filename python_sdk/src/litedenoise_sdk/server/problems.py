"""Every refusal as problem details (RFC 9457), and the SDK's errors as such refusals."""

import logging
import math
import re
import secrets
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from litedenoise_sdk.errors import (
    ImageTooLarge,
    LiteDenoiseError,
    OptionsError,
    OutputError,
    UnreadableImage,
    UnsupportedImage,
)

MEDIA_TYPE = "application/problem+json"
_URN = "urn:litedenoise:problem:"
_log = logging.getLogger("litedenoise")


class ProblemDetails(BaseModel):
    """Problem details, RFC 9457."""

    type: str = Field(description="names the kind of problem", examples=[f"{_URN}queue-full"])
    title: str = Field(description="the kind of problem in words", examples=["The queue is full"])
    status: int = Field(description="the HTTP status", examples=[429])
    detail: str = Field(
        description="what was expected, what came and what to do",
        examples=["18 photos are running or waiting; try again in 4 seconds"],
    )


class Problem(Exception):
    """Ends a request with problem details.

    Args:
        status: HTTP status.
        kind: last part of the problem's type, words joined by hyphens.
        detail: what was expected, what came and what to do.
        headers: further headers of the answer.
    """

    def __init__(
        self, status: int, kind: str, detail: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.detail = detail
        self.headers = dict(headers or {})

    @property
    def details(self) -> ProblemDetails:
        title = self.kind.replace("-", " ").capitalize()
        return ProblemDetails(
            type=_URN + self.kind, title=title, status=self.status, detail=self.detail
        )

    def response(self) -> JSONResponse:
        return JSONResponse(
            self.details.model_dump(), self.status, self.headers, media_type=MEDIA_TYPE
        )


def retry_after(seconds: float) -> dict[str, str]:
    """The header that says when to come back."""
    return {"Retry-After": str(max(1, math.ceil(seconds)))}


def as_problem(error: BaseException) -> Problem:
    """The refusal that an error of the SDK or the system amounts to."""
    match error:
        case Problem():
            return error
        case ImageTooLarge():
            return Problem(413, "photo-too-large", _too_large(error))
        case UnreadableImage():
            return Problem(422, "unreadable-photo", str(error))
        case UnsupportedImage():
            return Problem(415, "unsupported-photo", str(error))
        case OutputError():
            return Problem(422, "format-cannot-hold-it", str(error))
        case OptionsError():
            return Problem(422, "invalid-parameter", str(error))
        case MemoryError():
            detail = "the photo needs more memory than is free; try again later, or a smaller one"
            return Problem(413, "no-memory", detail, retry_after(30))
        case LiteDenoiseError():
            return Problem(500, "model-failed", f"{error} ({_logged(error)})")
        case OSError():
            # RFC 9110, 15.5.14: content larger than the server is able to process, for now.
            detail = f"there is no room to keep the photo ({error.strerror}); try again later"
            return Problem(413, "no-room", detail, retry_after(60))
        case _:
            detail = f"the service failed in a way it does not know ({_logged(error)})"
            return Problem(500, "internal-error", detail)


def _logged(error: BaseException) -> str:
    """Writes an error to the log, once, and says where it is found."""
    number = secrets.token_hex(2)
    _log.error("error %s", number, exc_info=error)
    return f"error {number} in the log"


def _too_large(error: ImageTooLarge) -> str:
    """Without the SDK's advice to raise the limit, which a client cannot do."""
    if error.size is None or error.limit is None:
        return str(error)  # a limit that nobody can raise
    return (
        f"the photo has {error.size.width} x {error.size.height} pixels, "
        f"{error.size.area / 1e6:.1f} megapixels; at most {error.limit / 1e6:g} are accepted"
    )


def add_handlers(app: FastAPI) -> None:
    """Turns whatever a route raises into problem details."""

    @app.exception_handler(Problem)
    async def on_problem(_: Request, error: Problem) -> JSONResponse:
        _drop_tracebacks(error)
        return error.response()

    @app.exception_handler(RequestValidationError)
    async def on_invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        return invalid_parameters(error.errors()).response()

    @app.exception_handler(HTTPException)
    async def on_http(request: Request, error: HTTPException) -> JSONResponse:
        if error.status_code == 405:
            allowed = ", ".join(_methods(app, request.url.path))
            detail = f"expected {allowed}; got {request.method}"
            return Problem(405, "method-not-allowed", detail, {"Allow": allowed}).response()
        kind = "not-found" if error.status_code == 404 else "bad-request"
        return Problem(error.status_code, kind, str(error.detail), error.headers).response()


def _drop_tracebacks(error: BaseException) -> None:
    """Their frames would hold the photo until the garbage collector comes."""
    following: BaseException | None = error
    while following is not None:
        reason = following.__cause__ or following.__context__
        # The links too, as a problem may be its own cause.
        following.__traceback__ = following.__cause__ = following.__context__ = None
        following = reason


def _methods(app: FastAPI, path: str) -> list[str]:
    """All methods of a path: the router itself knows those of one route only."""
    for template, operations in app.openapi()["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            return [method.upper() for method in operations]
    return ["GET", "HEAD"]


def invalid_parameters(errors: Any) -> Problem:
    """The refusal for what pydantic found wrong."""
    found = []
    for error in errors:
        name = ".".join(str(part) for part in error["loc"] if part not in ("query", "path"))
        message = (
            "there is no such parameter" if error["type"] == "extra_forbidden" else error["msg"]
        )
        found.append(f"{name}: {message}")
    return Problem(422, "invalid-parameter", "; ".join(found))
