"""Bodies of requests into private temporary files, within limits.

The files have no names: the system frees them when they are closed, and also when the process dies.
Nothing that a client sends becomes a path.
"""

import asyncio
import contextlib
import tempfile
import unicodedata
import zipfile
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from litedenoise_sdk.errors import ImageError
from litedenoise_sdk.imageio.sniff import HEAD_BYTES, sniff
from litedenoise_sdk.server.problems import Problem, as_problem, retry_after
from litedenoise_sdk.server.settings import ServerSettings

_DECLARED = {
    "image/jpeg": "JPEG",
    "image/jpg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/tiff": "TIFF",
}
RAW_TYPES = (*_DECLARED, "application/octet-stream")
FORM_TYPE = "multipart/form-data"

_IN_MEMORY_BYTES = 1 << 20
_MAX_NAME_BYTES = 255
_MAX_FIELD_BYTES = 64
_DRAINED_BYTES = 64_000_000
_DRAIN_S = 5.0


@dataclass(frozen=True, slots=True)
class Upload:
    """A photo as it was uploaded.

    Attributes:
        file: its bytes, at the first one.
        name: the client's name for it, safe to send back; None if it gave none.
        fields: what else the form held.
    """

    file: BinaryIO
    name: str | None
    fields: tuple[tuple[str, str], ...]


class Uploads:
    """Receives bodies, a limited number at a time."""

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = settings
        self.receiving = 0

    @asynccontextmanager
    async def receive(self, request: Request) -> AsyncIterator[Upload]:
        """The photo in the body, open as long as the block lasts.

        Raises:
            Problem: too large, too slow, broken off, of a wrong type, or not a photo.
        """
        if self.receiving >= self._settings.uploads:
            await discard(request)
            detail = f"{self.receiving} photos are being uploaded; try again in a few seconds"
            raise Problem(429, "too-many-uploads", detail, retry_after(3))
        with contextlib.ExitStack() as files:
            with self._counted():
                upload = await self._received(request, files)
                await run_in_threadpool(_check_content, upload.file)
            yield upload

    @contextlib.contextmanager
    def _counted(self) -> Iterator[None]:
        self.receiving += 1
        try:
            yield
        finally:
            self.receiving -= 1

    async def _received(self, request: Request, files: contextlib.ExitStack) -> Upload:
        encoding = request.headers.get("content-encoding", "identity").strip().lower()
        if encoding != "identity":
            await discard(request)
            detail = f"expected a body without Content-Encoding; got {encoding[:64]}"
            raise Problem(415, "encoded-body", detail)
        kind = media_type(request)
        if kind != FORM_TYPE and kind not in RAW_TYPES:
            await discard(request)
            raise Problem(
                415,
                "wrong-content-type",
                f"expected {FORM_TYPE} with a field image, or one of {', '.join(RAW_TYPES)}; "
                f"got {kind or 'no Content-Type'}",
            )
        try:
            if kind == FORM_TYPE:
                return await self._form(request, files)
            return await self._raw(request, files, kind)
        except OSError as error:
            raise as_problem(error) from error

    async def _raw(self, request: Request, files: contextlib.ExitStack, kind: str) -> Upload:
        spool = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115  (closed by files)
        files.callback(spool.close)
        async for chunk in self._body(request):
            await run_in_threadpool(spool.write, chunk)
        spool.seek(0)
        file = cast(BinaryIO, spool)
        _check_declared(file, kind)
        return Upload(file, None, ())

    async def _form(self, request: Request, files: contextlib.ExitStack) -> Upload:
        parser = MultiPartParser(
            request.headers,
            self._body(request),
            max_files=1,
            max_fields=16,
            max_part_size=_MAX_FIELD_BYTES,
        )
        try:
            form = await parser.parse()
        except MultiPartException as error:
            raise Problem(
                400, "broken-form", f"the form cannot be read: {error.message}"
            ) from error
        image: UploadFile | None = None
        fields: list[tuple[str, str]] = []
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                files.callback(value.file.close)
                if name != "image":
                    detail = f"expected the photo in the field image; got it in {name[:64]!r}"
                    raise Problem(400, "broken-form", detail)
                image = value
            else:
                fields.append((name, value))
        if image is None:
            detail = "expected the photo as a file in the field image; got none"
            raise Problem(400, "broken-form", detail)
        name = checked_name(image.filename or "")
        _check_declared(image.file, (image.content_type or "").partition(";")[0].strip().lower())
        return Upload(image.file, name or None, tuple(fields))

    async def _body(self, request: Request) -> AsyncGenerator[bytes, None]:
        """The body in pieces, within the limits on size and time."""
        limit = self._settings.max_upload_bytes
        too_large = Problem(
            413, "upload-too-large", f"expected at most {limit / 1e6:g} MB; more came"
        )
        length = request.headers.get("content-length", "")
        if length.isdecimal() and int(length) > limit:
            await discard(request)
            raise too_large
        received = 0
        pieces = request.stream()
        ends_at = asyncio.get_running_loop().time() + self._settings.upload_limit_s
        try:
            while True:
                left_s = ends_at - asyncio.get_running_loop().time()
                async with asyncio.timeout(min(self._settings.upload_timeout_s, left_s)):
                    piece = await anext(pieces, None)
                if piece is None:
                    return
                received += len(piece)
                if received > limit:
                    raise too_large
                yield piece
        except TimeoutError as error:
            raise Problem(
                408,
                "upload-too-slow",
                f"expected bytes at least every {self._settings.upload_timeout_s:g} s and all of "
                f"them within {self._settings.upload_limit_s:g} s; {received} bytes came",
                {"Connection": "close"},
            ) from error
        except ClientDisconnect as error:
            raise Problem(
                400, "upload-broken-off", f"the upload ended after {received} bytes"
            ) from error


async def discard(request: Request) -> None:
    """Reads what a client is still sending, so that it gets to see why it was refused."""
    received = 0
    with contextlib.suppress(TimeoutError, ClientDisconnect):
        async with asyncio.timeout(_DRAIN_S):
            async for piece in request.stream():
                received += len(piece)
                if received > _DRAINED_BYTES:
                    return


def on_disk_at_all(file: BinaryIO) -> BinaryIO:
    """The same file, with a descriptor: small uploads lie in memory at first.

    Raises:
        Problem: there is no room for it.
    """
    rollover: Any = getattr(file, "rollover", None)
    if rollover:
        try:
            rollover()
        except OSError as error:
            raise as_problem(error) from error
    return file


def media_type(request: Request) -> str:
    """The type of the body, without parameters, in lower case; empty if none was given."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def checked_name(name: str) -> str:
    """A file's name as a client gave it.

    Raises:
        Problem: it is a path, holds line breaks or other control characters, or is too long.
    """
    unquoted = name.replace("%0D", "\r").replace("%0A", "\n")
    reason = None
    if any(character in unquoted for character in "/\\") or name in (".", ".."):
        reason = "is a path"
    elif any(unicodedata.category(character) in ("Cc", "Cs") for character in unquoted):
        reason = "holds line breaks or other control characters"
    elif len(name.encode()) > _MAX_NAME_BYTES:
        reason = f"is longer than {_MAX_NAME_BYTES} bytes"
    if reason:
        raise Problem(
            400, "invalid-file-name", f"expected the plain name of a file; {name[:40]!r} {reason}"
        )
    return name


def _check_declared(file: BinaryIO, kind: str) -> None:
    """The content type must be what the bytes are."""
    declared = _DECLARED.get(kind)
    if declared is None:
        return
    head = file.read(HEAD_BYTES)
    file.seek(0)
    try:
        found = sniff(head)
    except ImageError as error:
        raise as_problem(error) from error
    if found != declared:
        raise Problem(
            415, "wrong-content-type", f"the content type says {kind}, but the bytes are {found}"
        )


def _check_content(file: BinaryIO) -> None:
    """No archives that pose as pictures: those end in a ZIP directory."""
    if zipfile.is_zipfile(file):
        raise Problem(415, "hidden-archive", "the file holds a ZIP archive; expected a photo alone")
    file.seek(0)
