"""WebP: 8 bits, with and without loss (WebP Container Specification, RFC 9649)."""

from __future__ import annotations

import io
import struct
from typing import BinaryIO

from litedenoise_sdk.errors import UnreadableImage
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio import exif as exif_block
from litedenoise_sdk.imageio.credentials import C2PA_NOTE
from litedenoise_sdk.imageio.limits import (
    MAX_WEBP_CHUNKS,
    check_budget,
    check_frames,
    check_sides,
    check_size,
)
from litedenoise_sdk.imageio.photo import LossyHints, Metadata, Photo
from litedenoise_sdk.imageio.pillow import read_pixels, reading, to_pillow
from litedenoise_sdk.imageio.room import best_that_fits
from litedenoise_sdk.imageio.upright import turned_upright

MAX_SIDE = 16_383
QUALITIES = (95, 90, 85, 80, 75, 70, 65, 60, 55, 50, 45, 40)
_KNOWN = frozenset(
    {b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP", b"EXIF", b"XMP "}
)
_C2PA = b"C2PA"


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
    names = [name for name, _ in chunks]
    frames = names.count(b"ANMF")
    check_frames("WebP", frames, first_frame)
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
            lossy=_lossy_hints(chunks, size),
            lossless=b"VP8L" in names,
            own=tuple(
                (name.decode("latin-1"), content)
                for name, content in chunks
                if name not in _KNOWN and name != _C2PA
            ),
        )
    notes: tuple[str, ...] = (C2PA_NOTE,) if _C2PA in names else ()
    if frames > 1:
        notes += (f"this is the first of {frames} frames: the others were left out",)
    photo = Photo(canvas.pixels, canvas.alpha, canvas.grey, metadata, notes)
    return turned_upright(photo, orientation)


def write_webp(photo: Photo, file: BinaryIO) -> tuple[str, ...]:
    """Encode as WebP: without loss if the source was, else at quality 95, or at a lower one if
    that makes a file larger than a WebP source.

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
        quality=75 if metadata.lossless else _quality(photo),
        alpha_quality=100,
        exact=True,
        exif=metadata.exif or b"",
        icc_profile=icc or b"",
        xmp=metadata.xmp or b"",
    )
    del image
    own = b"".join(_chunk(*record) for record in metadata.own) if metadata.format == "WEBP" else b""
    file.write(encoded.getbuffer())
    file.write(own)
    file.seek(4)
    file.write(struct.pack("<I", encoded.tell() - 8 + len(own)))
    return notes


def _quality(photo: Photo) -> int:
    def picture_bytes(photo: Photo, quality: float) -> int:
        encoded = io.BytesIO()
        to_pillow(photo, "RGB").save(encoded, "WEBP", quality=int(quality))
        return _picture_bytes(_header(encoded.getvalue())[1])

    return int(best_that_fits(photo, "WEBP", QUALITIES, picture_bytes))


def _lossy_hints(chunks: list[tuple[bytes, bytes]], size: Size) -> LossyHints | None:
    length = _picture_bytes(chunks)
    return LossyHints(length / size.area) if length else None


def _picture_bytes(chunks: list[tuple[bytes, bytes]]) -> int:
    return sum(len(content) for name, content in chunks if name == b"VP8 ")


def _chunk(name: str, content: bytes) -> bytes:
    head = name.encode("latin-1") + struct.pack("<I", len(content))
    return head + content + b"\0" * (len(content) % 2)


def _header(data: bytes) -> tuple[Size, list[tuple[bytes, bytes]]]:
    """The canvas, and all chunks by name and content."""
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
    chunks = []
    at = 12
    while at + 8 <= len(data):
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        chunks.append((data[at : at + 4], data[at + 8 : at + 8 + length]))
        check_budget("WebP chunks", len(chunks), MAX_WEBP_CHUNKS)
        at += 8 + length + length % 2
    return Size(height, width), chunks
