"""Pixels to JPEG, compressed like the JPEG file they came from."""

from __future__ import annotations

from typing import Any, BinaryIO

from litedenoise_sdk.imageio import photoshop
from litedenoise_sdk.imageio.jpeg import extended_xmp
from litedenoise_sdk.imageio.jpeg.encoder import encoded_parts
from litedenoise_sdk.imageio.jpeg.followers import TRAILER, index_segment
from litedenoise_sdk.imageio.jpeg.hints import DEFAULT_QUALITY
from litedenoise_sdk.imageio.jpeg.segments import (
    MPF_HEADER,
    find_segments,
    segment_bytes,
)
from litedenoise_sdk.imageio.jpeg.short_exif import fitted
from litedenoise_sdk.imageio.limits import check_sides
from litedenoise_sdk.imageio.photo import MAX_JPEG_EXIF_BYTES, JpegHints, Metadata, Photo

MAX_SIDE = 65_500
"""Pillow's and libjpeg's limit; the format itself ends at 65,535."""


def write_jpeg(photo: Photo, file: BinaryIO) -> tuple[str, ...]:
    """Encode as JPEG, with the tables and subsampling of a JPEG source, or at quality 95, 4:4:4.

    What followed the picture in a JPEG source follows it again.

    Returns:
        Notes on what JPEG cannot hold.

    Raises:
        OutputError: a side longer than 65,500 pixels.
    """
    check_sides(photo.size, MAX_SIDE, "JPEG")
    metadata = photo.metadata
    notes = []
    if photo.alpha is not None:
        notes.append("JPEG holds no transparency: it was put on white")
    exif = metadata.exif
    if exif and len(exif) > MAX_JPEG_EXIF_BYTES:
        exif, left_out = fitted(exif, MAX_JPEG_EXIF_BYTES)
        notes.append(f"JPEG holds at most 64 kB of EXIF: {left_out} left out")
    compression = _compression(metadata.jpeg, photo.grey)
    head = {
        "dpi": metadata.dpi or (0, 0),
        "exif": b"Exif\0\0" + exif if exif else b"",
        "icc_profile": metadata.icc,
        "extra": _extra(metadata),
    }
    parts = encoded_parts(photo, compression, head)
    first = next(parts)
    file.write(first)
    for part in parts:
        file.write(part)
    _patch_index(metadata, first, file)
    file.write(_trailer(metadata))
    return tuple(notes)


def _compression(hints: JpegHints | None, grey: bool) -> dict[str, Any]:
    if hints is None:
        return {"quality": DEFAULT_QUALITY, "subsampling": 0}
    tables = [list(table) for table in hints.tables]
    return {
        "qtables": tables[:1] if grey else tables,
        "subsampling": hints.subsampling,
        "progressive": hints.progressive,
    }


def _extra(metadata: Metadata) -> bytes:
    """The segments that Pillow does not write."""
    parts = []
    if metadata.xmp:
        payloads = extended_xmp.payloads(metadata.xmp)
        parts = [segment_bytes("APP1", payload) for payload in payloads]
    if metadata.format == "JPEG":
        parts += [segment_bytes(*record) for record in metadata.own if record[0] != TRAILER]
    else:
        resources = photoshop.joined(metadata.iptc, metadata.photoshop)
        parts += [segment_bytes("APP13", part) for part in photoshop.to_segments(resources)]
    return b"".join(parts)


def _trailer(metadata: Metadata) -> bytes:
    if metadata.format != "JPEG":
        return b""
    return b"".join(payload for name, payload in metadata.own if name == TRAILER)


def _patch_index(metadata: Metadata, first: bytes, file: BinaryIO) -> None:
    """The MPF directory was written as it was; now that the picture's length is known, rewrite.

    Args:
        first: how the picture begins.
        file: at the picture's end.
    """
    if metadata.format != "JPEG" or metadata.followers is None:
        return
    length = file.tell()
    for segment in find_segments(first).segments:
        if segment.name == "APP2" and segment.payload.startswith(MPF_HEADER):
            file.seek(segment.at)
            file.write(index_segment(metadata.followers, length, segment.at))
            file.seek(length)
            return
