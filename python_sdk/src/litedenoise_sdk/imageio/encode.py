"""A Photo to any picture file."""

import io
import os
from dataclasses import replace
from functools import cache
from pathlib import PurePath
from typing import BinaryIO

from litedenoise_sdk.errors import OutputError
from litedenoise_sdk.guard import guarded
from litedenoise_sdk.imageio.photo import MAX_JPEG_EXIF_BYTES, Format, Photo
from litedenoise_sdk.imageio.sniff import SUFFIXES

_EIGHT_BITS = ("JPEG", "WEBP")
_WITH_RESOLUTION = ("JPEG", "PNG", "TIFF")
"""Formats that state the resolution themselves, outside EXIF."""


def format_of(name: str | os.PathLike[str]) -> Format:
    """The format that a file name asks for.

    Raises:
        OutputError: a suffix that is not written.
    """
    if not isinstance(name, (str, os.PathLike)):
        raise OutputError(f"expected the name of a file; got {type(name).__name__}")
    suffix = PurePath(name).suffix.lower()
    if suffix not in SUFFIXES:
        hint = "" if suffix else f". To have a folder made, write {os.fspath(name)}/"
        raise OutputError(
            f"{os.fspath(name)}: expected a name that ends in {', '.join(SUFFIXES)}; "
            f"got {suffix or 'none'!r}{hint}"
        )
    return SUFFIXES[suffix]


def encode(photo: Photo, format: Format) -> bytes:
    """The file's bytes; see ``write``."""
    file = io.BytesIO()
    write(photo, file, format)
    return file.getvalue()


def write(photo: Photo, file: BinaryIO, format: Format) -> tuple[str, ...]:
    """Encode a photo with its metadata into a file.

    JPEG with the quantization and subsampling of a JPEG source, otherwise at quality 95, 4:4:4;
    PNG in 8 or 16 bits; WebP at quality 95, or without loss like its source; TIFF in the photo's
    own depth, deflated; HEIC and AVIF in 8, 10 or 12 bits; JPEG XL in 8 to 16. EXIF gains a
    Software tag unless it has one.

    Args:
        photo: what to write; nothing of it is changed.
        file: writable and seekable, empty.
        format: of the file.

    Returns:
        Notes on what the format could not hold (transparency, depth, gain maps, oversized EXIF).

    Raises:
        OutputError: a picture too large for the format, or a library that is not installed.
        OSError: the file cannot be written to.
    """
    # What only files need is imported with the first of them: arrays need neither.
    from litedenoise_sdk.imageio.carry import into
    from litedenoise_sdk.imageio.exif import stamp

    with guarded(OutputError, f"the photo cannot be written as {format}", "choose another format"):
        metadata, notes = into(photo.metadata, format)
        exif = stamp(
            metadata.exif, _software(), None if format in _WITH_RESOLUTION else metadata.dpi
        )
        if format != "JPEG" or len(exif) <= MAX_JPEG_EXIF_BYTES:
            metadata = replace(metadata, exif=exif)
        if format in _EIGHT_BITS and photo.pixels.dtype != "uint8":
            notes += (f"{format} holds 8 bits a channel: the photo was rounded to them",)
        if photo.masks is not None and format != "TIFF":
            notes += (f"{photo.masks.shape[2]} channels beside colour and alpha were left out",)
            photo = replace(photo, masks=None)
        return notes + _write(replace(photo, metadata=metadata), file, format)


def _write(photo: Photo, file: BinaryIO, format: Format) -> tuple[str, ...]:
    # Writers are imported when they are needed: a JPEG needs no PNG.
    match format:
        case "JPEG":
            from litedenoise_sdk.imageio.jpeg.write import write_jpeg

            return write_jpeg(photo, file)
        case "PNG":
            from litedenoise_sdk.imageio.png.write import write_png

            return write_png(photo, file)
        case "WEBP":
            from litedenoise_sdk.imageio.webp import write_webp

            return write_webp(photo, file)
        case "TIFF":
            from litedenoise_sdk.imageio.tiff.write import write_tiff

            return write_tiff(photo, file)
        case "HEIC":
            from litedenoise_sdk.imageio.heif.heic import write_heic

            return write_heic(photo, file)
        case "AVIF":
            from litedenoise_sdk.imageio.heif.avif import write_avif

            return write_avif(photo, file)
        case "JPEG XL":
            from litedenoise_sdk.imageio.jxl import write_jxl

            return write_jxl(photo, file)


@cache
def _software() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"litedenoise_sdk {version('litedenoise-sdk')}"
    except PackageNotFoundError:  # used from a folder, not installed
        return "litedenoise_sdk"
