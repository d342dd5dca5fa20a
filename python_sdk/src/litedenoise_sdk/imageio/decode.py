"""Any picture file to a Photo."""

import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from litedenoise_sdk.errors import ImageError, UnreadableImage, UnsupportedImage
from litedenoise_sdk.guard import guarded
from litedenoise_sdk.imageio.extras import advice, reading_library
from litedenoise_sdk.imageio.photo import Format, OnlyRead, Photo
from litedenoise_sdk.imageio.sniff import HEAD_BYTES, sniff
from litedenoise_sdk.options import DEFAULT_MAX_PIXELS


@dataclass(frozen=True, slots=True)
class _Options:
    """As for ``decode``."""

    max_pixels: int
    strict: bool
    first_frame: bool


def decode(
    source: str | os.PathLike[str] | bytes | BinaryIO,
    *,
    max_pixels: int = DEFAULT_MAX_PIXELS,
    strict: bool = False,
    first_frame: bool = False,
) -> Photo:
    """Decode a picture file, upright, with all of its metadata.

    JPEG, PNG, WebP, TIFF, AVIF, HEIC (with the extra "heif") and JPEG XL ("jxl") are read and
    written; BMP, GIF, PPM and JPEG 2000 are read, and written as PNG; camera raw ("raw") is
    developed, and written as TIFF.

    A file whose end is missing or whose checksums are wrong is read as viewers read it, with a
    note; with ``strict`` it is refused.

    Args:
        source: a path, the file's bytes, or a binary file object that is read from where it
            stands and left open.
        max_pixels: larger pictures are refused before any memory is asked for.
        strict: refuse files that are damaged but can be viewed.
        first_frame: take the first picture of an animation, with a note, instead of refusing it.

    Returns:
        8-bit files as uint8, 16-bit ones as uint16, floating-point TIFF as float32. Palettes
        become RGB, CMYK becomes sRGB.

    Raises:
        UnreadableImage: the file does not exist, cannot be opened, is empty, cut short, or not a
            picture.
        UnsupportedImage: animated, of several pages, or of a kind that is not read.
        ImageTooLarge: more than ``max_pixels`` pixels.
    """
    options = _Options(max_pixels, strict, first_frame)
    if isinstance(source, bytes):
        return _decode(io.BytesIO(source), options)
    if not isinstance(source, (str, os.PathLike)):
        # Read whole, as pipes cannot seek and offsets count from the picture's first byte.
        return _decode(io.BytesIO(_all_of(source)), options)
    with _opened(source) as file:
        return _decode(file, options)


def check_source(source: str | os.PathLike[str]) -> None:
    """Find out before the work whether a file could be read, by its first bytes.

    Raises:
        UnreadableImage, UnsupportedImage: as ``decode``.
    """
    if not isinstance(source, (str, os.PathLike)):
        raise UnsupportedImage(f"expected the path of a file; got {type(source).__name__}")
    with _opened(source) as file:
        format = sniff(file.read(HEAD_BYTES))
    if advice(format):
        reading_library(format)


@contextmanager
def _opened(source: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    name = os.fspath(source)
    if "\0" in name:
        raise UnreadableImage(f"{name!r} is not a file name: it contains a null character")
    try:
        kind = os.stat(name).st_mode
        if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):  # these may never end, or never begin
            raise UnreadableImage(f"{name} is a pipe or a device; expected a file")
        with open(name, "rb") as file:
            yield file
    except OSError as error:
        raise UnreadableImage(f"{name} cannot be read: {error.strerror or error}") from error


def _all_of(file: BinaryIO) -> bytes:
    try:
        data = file.read()
    except UnicodeDecodeError:  # opened as text, which a picture is not
        data = None
    if not isinstance(data, bytes):
        raise UnsupportedImage("expected a file opened in binary mode; open it with mode 'rb'")
    return data


def _decode(file: BinaryIO, options: _Options) -> Photo:
    head = file.read(HEAD_BYTES)
    file.seek(0)
    format = sniff(head)
    try:
        with guarded(
            UnreadableImage,
            "the file cannot be read as a picture",
            "get it again from its source",
        ):
            return _read(file, format, options)
    except ImageError as error:
        error.format = format
        raise


def _read(file: BinaryIO, format: Format | OnlyRead, options: _Options) -> Photo:
    max_pixels = options.max_pixels
    # Readers are imported when they are needed: a JPEG needs no PNG.
    match format:
        case "JPEG":
            from litedenoise_sdk.imageio.jpeg.read import read_jpeg

            return read_jpeg(file, max_pixels, options.strict)
        case "PNG":
            from litedenoise_sdk.imageio.png.read import read_png

            return read_png(file, max_pixels, options.strict, options.first_frame)
        case "WEBP":
            from litedenoise_sdk.imageio.webp import read_webp

            return read_webp(file, max_pixels, options.first_frame)
        case "TIFF":
            from litedenoise_sdk.imageio.tiff.page import is_raw
            from litedenoise_sdk.imageio.tiff.read import read_tiff

            if is_raw(file):
                return _read(file, "camera raw", options)
            return read_tiff(file, max_pixels)
        case "HEIC":
            from litedenoise_sdk.imageio.heif.heic import read_heic

            return read_heic(file, max_pixels)
        case "AVIF":
            from litedenoise_sdk.imageio.heif.avif import read_avif

            return read_avif(file, max_pixels, options.first_frame)
        case "JPEG XL":
            from litedenoise_sdk.imageio.jxl import read_jxl

            return read_jxl(file, max_pixels, options.first_frame)
        case "camera raw":
            from litedenoise_sdk.imageio.raw import read_raw

            return read_raw(file, max_pixels)
        case _:
            from litedenoise_sdk.imageio.through_pillow import read_through_pillow

            return read_through_pillow(file, format, max_pixels, options.first_frame)
