"""Any picture file to a Photo."""

import io
import os
from typing import BinaryIO

from litedenoise_sdk.errors import ImageError, UnreadableImage
from litedenoise_sdk.imageio.guard import guarded_reading
from litedenoise_sdk.imageio.photo import Format, OnlyRead, Photo
from litedenoise_sdk.imageio.sniff import HEAD_BYTES, sniff
from litedenoise_sdk.options import DEFAULT_MAX_PIXELS


def decode(
    source: str | os.PathLike[str] | bytes | BinaryIO,
    *,
    max_pixels: int = DEFAULT_MAX_PIXELS,
    strict: bool = False,
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

    Returns:
        8-bit files as uint8, 16-bit ones as uint16, floating-point TIFF as float32. Palettes
        become RGB, CMYK becomes sRGB.

    Raises:
        UnreadableImage: the file does not exist, cannot be opened, is empty, cut short, or not a
            picture.
        UnsupportedImage: animated, of several pages, or of a kind that is not read.
        ImageTooLarge: more than ``max_pixels`` pixels.
    """
    if isinstance(source, bytes):
        return _decode(io.BytesIO(source), max_pixels, strict)
    if not isinstance(source, (str, os.PathLike)):
        # Read whole, as pipes cannot seek and offsets count from the picture's first byte.
        return _decode(io.BytesIO(source.read()), max_pixels, strict)
    try:
        with open(source, "rb") as file:
            return _decode(file, max_pixels, strict)
    except OSError as error:
        raise UnreadableImage(
            f"{os.fspath(source)} cannot be read: {error.strerror or error}"
        ) from error


def _decode(file: BinaryIO, max_pixels: int, strict: bool) -> Photo:
    head = file.read(HEAD_BYTES)
    file.seek(0)
    format = sniff(head)
    try:
        with guarded_reading():
            return _read(file, format, max_pixels, strict)
    except ImageError as error:
        error.format = format
        raise


def _read(file: BinaryIO, format: Format | OnlyRead, max_pixels: int, strict: bool) -> Photo:
    # Readers are imported when they are needed: a JPEG needs no PNG.
    match format:
        case "JPEG":
            from litedenoise_sdk.imageio.jpeg.read import read_jpeg

            return read_jpeg(file, max_pixels, strict)
        case "PNG":
            from litedenoise_sdk.imageio.png.read import read_png

            return read_png(file, max_pixels, strict)
        case "WEBP":
            from litedenoise_sdk.imageio.webp import read_webp

            return read_webp(file, max_pixels)
        case "TIFF":
            from litedenoise_sdk.imageio.tiff.page import is_raw
            from litedenoise_sdk.imageio.tiff.read import read_tiff

            if is_raw(file):
                return _read(file, "camera raw", max_pixels, strict)
            return read_tiff(file, max_pixels)
        case "HEIC":
            from litedenoise_sdk.imageio.heic import read_heic

            return read_heic(file, max_pixels)
        case "JPEG XL":
            from litedenoise_sdk.imageio.jxl import read_jxl

            return read_jxl(file, max_pixels)
        case "camera raw":
            from litedenoise_sdk.imageio.raw import read_raw

            return read_raw(file, max_pixels)
        case _:
            from litedenoise_sdk.imageio.through_pillow import read_through_pillow

            return read_through_pillow(file, format, max_pixels)
