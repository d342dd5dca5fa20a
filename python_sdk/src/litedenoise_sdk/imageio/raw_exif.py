"""EXIF of raw files, as a block for the picture that is developed from them."""

import struct
from collections.abc import Iterator

from litedenoise_sdk.imageio import exif as exif_block
from litedenoise_sdk.imageio.boxes import boxes
from litedenoise_sdk.imageio.ifd import BrokenDirectory, Source, TiffReader
from litedenoise_sdk.imageio.jpeg.segments import EXIF_HEADER, find_segments
from litedenoise_sdk.imageio.tiff.metadata import exif_of, join

_FIRST_OF_PICTURES = 0x010D
"""Panasonic's own sensor tags have lower numbers."""
_FIRST_OF_DNG = 0xC000
_OF_SENSOR = frozenset({0x828D, 0x828E, 0x9216, 0x9217})
"""Colour filter array and TIFF/EP's version."""
_RAF = b"FUJIFILMCCD-RAW"
_CANON = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")


def read_exif(data: bytes) -> bytes | None:
    """The EXIF block of a raw file; None if it has none that can be read."""
    try:
        if data.startswith(_RAF):
            return _of_raf(data)
        if data[4:8] == b"ftyp":
            return _of_cr3(data)
        # Olympus and Panasonic put marks of their own before what is otherwise a TIFF file.
        mark = b"II*\0" if data.startswith(b"II") else b"MM\0*"
        reader = TiffReader(Source(mark + data[4:]))
        directory = reader.directory(reader.first_offset)
        return exif_of(reader, directory, _is_of_sensor)
    except (BrokenDirectory, struct.error, ValueError):
        return None


def _is_of_sensor(tag: int) -> bool:
    return tag < _FIRST_OF_PICTURES or tag >= _FIRST_OF_DNG or tag in _OF_SENSOR


def _of_raf(data: bytes) -> bytes | None:
    """That of the camera's own JPEG, which the header points to."""
    at, length = struct.unpack_from(">II", data, 84)
    for segment in find_segments(data[at : at + length]).segments:
        if segment.name == "APP1" and segment.payload.startswith(EXIF_HEADER):
            return exif_block.bare(segment.payload)
    return None


def _of_cr3(data: bytes) -> bytes | None:
    """Canon keeps the directories of picture, EXIF, maker note and GPS in boxes of their own."""
    blocks = {kind: content for kind, content in _canon_boxes(data) if kind.startswith(b"CMT")}
    if b"CMT1" not in blocks:
        return None
    first = TiffReader(Source(blocks[b"CMT1"]))
    below = {
        tag: TiffReader(Source(blocks[kind]))
        for tag, kind in ((exif_block.EXIF_POINTER, b"CMT2"), (exif_block.GPS_POINTER, b"CMT4"))
        if kind in blocks
    }
    note = TiffReader(Source(blocks[b"CMT3"])) if b"CMT3" in blocks else None
    return join(first, below, note, _is_of_sensor)


def _canon_boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    for kind, content in boxes(data):
        if kind == b"moov":
            for inner, value in boxes(content):
                if inner == b"uuid" and value.startswith(_CANON):
                    yield from boxes(value[len(_CANON) :])
