"""WebP: 8 bits, with and without loss (WebP Container Specification, RFC 9649)."""

from __future__ import annotations

import io
import struct
from typing import BinaryIO

from litedenoise_sdk.errors import UnreadableImage, UnsupportedImage
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio import exif as exif_block
from litedenoise_sdk.imageio.limits import MAX_WEBP_CHUNKS, check_budget, check_sides, check_size
from litedenoise_sdk.imageio.photo import Metadata, Photo
from litedenoise_sdk.imageio.pillow import read_pixels, reading, to_pillow
from litedenoise_sdk.imageio.upright import turned_upright

MAX_SIDE = 16_383
QUALITY = 95


def read_webp(file: BinaryIO, max_pixels: int, first_frame: bool = False) -> Photo:
    """Decode a still WebP file.

    Raises:
        UnreadableImage: damaged or cut short.
        UnsupportedImage: animated.
        ImageTooLarge: more than ``max_pixels`` pixels.
    """
    from PIL.WebPImagePlugin import WebPImageFile

    data = file.read()
    size, chunks = _header(data)
    # Before the decoder is made: it allocates the whole canvas.
    check_size(size, max_pixels)
    frames = chunks.count(b"ANMF")
    if frames > 1 and not first_frame:
        raise UnsupportedImage(
            f"the WebP file is an animation of {frames} frames; expected a single picture. "
            "Ask for the first frame, or extract the one you want"
        )
    with reading("the WebP file"):
        image = WebPImageFile(io.BytesIO(data))
        image.load()
    with image:
        exif = exif_block.bare(image.info.get("exif"))
        orientation = exif_block.read_orientation(exif)
        canvas = read_pixels(image, orientation)
        metadata = Metadata(
            format="WEBP",
            exif=exif,
            icc=image.info.get("icc_profile"),
            xmp=image.info.get("xmp"),
            dpi=exif_block.resolution(exif),
            lossless=b"VP8L" in chunks,
        )
    notes: tuple[str, ...] = ()
    if frames > 1:
        notes = (f"this is the first of {frames} frames: the others were left out",)
    photo = Photo(canvas.pixels, canvas.alpha, canvas.grey, metadata, notes)
    return turned_upright(photo, orientation)


def write_webp(photo: Photo, file: BinaryIO) -> tuple[str, ...]:
    """Encode as WebP: without loss if the source was, else at quality 95.

    Returns:
        Notes on what WebP cannot hold.

    Raises:
        OutputError: a side longer than 16,383 pixels.
    """
    check_sides(photo.size, MAX_SIDE, "WebP")
    metadata = photo.metadata
    icc = metadata.icc
    notes: tuple[str, ...] = ()
    if photo.grey and icc and icc[16:20] == b"GRAY":
        icc, notes = None, ("WebP holds no grey pictures: the grey ICC profile was left out",)
    image = to_pillow(photo, "RGB" if photo.alpha is None else "RGBA")
    encoded = io.BytesIO()
    image.save(
        encoded,
        "WEBP",
        lossless=metadata.lossless,
        quality=75 if metadata.lossless else QUALITY,
        alpha_quality=100,
        exact=True,
        exif=metadata.exif or b"",
        icc_profile=icc or b"",
        xmp=metadata.xmp or b"",
    )
    del image
    file.write(encoded.getbuffer())
    return notes


def _header(data: bytes) -> tuple[Size, list[bytes]]:
    """The canvas, and the names of all chunks."""
    if len(data) < 30 or struct.unpack_from("<I", data, 4)[0] + 8 > len(data):
        raise UnreadableImage(
            "the WebP file is cut short: it holds fewer bytes than it states; "
            "get the file again from its source"
        )
    match data[12:16]:
        case b"VP8X":
            width = 1 + int.from_bytes(data[24:27], "little")
            height = 1 + int.from_bytes(data[27:30], "little")
        case b"VP8L":
            bits = int.from_bytes(data[21:25], "little")
            width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        case b"VP8 ":
            width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", data, 26))
        case other:
            raise UnreadableImage(f"the WebP file begins with {other!r}, not with a picture")
    names = []
    at = 12
    while at + 8 <= len(data):
        names.append(data[at : at + 4])
        check_budget("WebP chunks", len(names), MAX_WEBP_CHUNKS)
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8 + length + length % 2
    return Size(height, width), names
