"""A finished picture as an HTTP answer: the file in pieces, and headers that say what was done."""

import asyncio
import contextlib
import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from fastapi.responses import StreamingResponse

from litedenoise_sdk.imageio import Format
from litedenoise_sdk.imageio.sniff import SUFFIXES
from litedenoise_sdk.server.work import DenoisedPhoto, Encoded

MEDIA_TYPES: dict[Format, str] = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "TIFF": "image/tiff",
    "HEIC": "image/heic",
    "AVIF": "image/avif",
    "JPEG XL": "image/jxl",
}
_SUFFIXES: dict[Format, str] = {
    "JPEG": ".jpg",
    "PNG": ".png",
    "WEBP": ".webp",
    "TIFF": ".tif",
    "HEIC": ".heic",
    "AVIF": ".avif",
    "JPEG XL": ".jxl",
}
_PIECE_BYTES = 1 << 18
_MOST_NOTES_BYTES = 4_000
_LONGEST_NOTE = 500

_TEXT = {"schema": {"type": "string"}}
HEADERS: dict[str, Any] = {
    "Server-Timing": {
        **_TEXT,
        "description": "milliseconds of decode, inference (waiting for its turn included), encode; "
        "in place of those of inference 'desc=\"remembered\"' where the result was",
        "example": "decode;dur=41.0, inference;dur=5230.2, encode;dur=60.1",
    },
    "LiteDenoise-Accelerator": {
        **_TEXT,
        "description": "what the network ran on; none where strength 0 left nothing to run",
        "example": "cpu",
    },
    "LiteDenoise-Accelerator-Reason": {**_TEXT, "description": "why it ran on that"},
    "LiteDenoise-Precision": {**_TEXT, "description": "number format of the network"},
    "LiteDenoise-Notes": {
        **_TEXT,
        "description": "JSON list: what of the photo could not be kept, in words",
    },
    "Content-Disposition": {**_TEXT, "description": "the photo's own name, if one was given"},
}
"""For the OpenAPI description."""

CONTENT: dict[str, Any] = {
    kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA_TYPES.values()
}
"""For the OpenAPI description."""


def picture_answer(
    denoised: DenoisedPhoto,
    encoded: Encoded,
    name: str | None,
    limit_s: float,
    place: AbstractContextManager[None],
) -> StreamingResponse:
    """The picture; its file is closed when the answer has gone out, or cannot.

    Args:
        limit_s: longest that it may take to go out; then the connection is closed.
        place: held as long as it goes out.
    """
    timings = {
        "decode": denoised.decode_s,
        "inference": denoised.inference_s,
        "encode": encoded.encode_s,
    }
    report = denoised.report
    headers = {
        "Content-Length": str(encoded.length),
        "Cache-Control": "no-store",
        "Server-Timing": ", ".join(_timing(name, took) for name, took in timings.items()),
        "LiteDenoise-Accelerator": report.actual if report else "none",
        "LiteDenoise-Notes": json.dumps(_bounded(encoded.notes)),
    }
    if report:
        headers["LiteDenoise-Accelerator-Reason"] = quote(report.reason, safe=" ,;:()'/")
        headers["LiteDenoise-Precision"] = report.precision
    if name is not None:
        headers["Content-Disposition"] = _disposition(name, encoded.format)
    kind = MEDIA_TYPES[encoded.format]
    return _FileAnswer(encoded, limit_s, place, headers=headers, media_type=kind)


def _bounded(notes: tuple[str, ...]) -> list[str]:
    """What fits into a header that every client and proxy takes."""
    kept: list[str] = []
    for whole in notes:
        note = whole if len(whole) <= _LONGEST_NOTE else f"{whole[:_LONGEST_NOTE]} ..."
        if len(json.dumps([*kept, note])) > _MOST_NOTES_BYTES:
            return [*kept, f"and {len(notes) - len(kept)} more"]
        kept.append(note)
    return kept


def _timing(name: str, seconds: float | None) -> str:
    return f'{name};desc="remembered"' if seconds is None else f"{name};dur={seconds * 1e3:.1f}"


class _FileAnswer(StreamingResponse):
    """Streams a file, and closes it whatever happens."""

    def __init__(
        self, encoded: Encoded, limit_s: float, place: AbstractContextManager[None], **options: Any
    ) -> None:
        super().__init__(_pieces(encoded), **options)
        self._file = encoded.file
        self._limit_s = limit_s
        self._place = place

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            # The server closes a connection whose answer is not complete.
            with self._place, contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._limit_s):
                    await super().__call__(scope, receive, send)
        finally:
            self._file.close()


def _pieces(encoded: Encoded) -> Iterator[bytes]:
    while piece := encoded.file.read(_PIECE_BYTES):
        yield piece


def _disposition(name: str, format: Format) -> str:
    if SUFFIXES.get(PurePath(name).suffix.lower()) != format:
        name = (name.rpartition(".")[0] or name) + _SUFFIXES[format]
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"
