"""The directory of further pictures in a JPEG file (CIPA DC-007, Multi-Picture Format).

Offsets in it count from its own header; between reading and writing they count from the first
byte behind the main picture, which is where those pictures end up again.
"""

import struct
from dataclasses import dataclass

from litedenoise_sdk.imageio.ifd import BrokenDirectory, Directory, Source, TiffReader
from litedenoise_sdk.imageio.jpeg.segments import MPF_HEADER

_COUNT, _ENTRIES = 0xB001, 0xB002
_ENTRY_BYTES = 16
_TYPE = 0xFFFFFF
_PREVIEWS = frozenset({0x010001, 0x010002})
"""Large thumbnails: they show the noisy picture."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One picture: attributes, length, offset, and the two pictures it may depend on."""

    attributes: int
    length: int
    offset: int
    depends: int

    @property
    def is_preview(self) -> bool:
        return self.attributes & _TYPE in _PREVIEWS


@dataclass(frozen=True, slots=True)
class Index:
    """The directory's segment, and the pictures it lists; the first one is the main picture."""

    payload: bytes
    entries: tuple[Entry, ...]


def read_index(payload: bytes) -> Index | None:
    """What an MPF segment lists; None if it makes no sense."""
    try:
        reader, directory = _open(payload)
        field = directory.find(_ENTRIES)
        values = reader.value(field) if field else b""
    except BrokenDirectory:
        return None
    if not values or len(values) % _ENTRY_BYTES:
        return None
    return Index(payload, tuple(Entry(*found) for found in struct.iter_unpack(
        reader.order + "IIII", values
    )))  # fmt: skip


def index_bytes(index: Index) -> bytes:
    """The segment's payload with the entries of ``index``, no more than it had before."""
    reader, directory = _open(index.payload)
    block = bytearray(index.payload)
    for field in directory.entries:
        at = len(MPF_HEADER) + field.value_at
        if field.tag == _COUNT:
            struct.pack_into(reader.order + "I", block, at, len(index.entries))
        elif field.tag == _ENTRIES:
            layout = reader.order + "HHII"
            head = _ENTRY_BYTES * len(index.entries)
            struct.pack_into(layout, block, len(MPF_HEADER) + field.at, field.tag, field.kind,
                             head, field.value_at)  # fmt: skip
            for entry in index.entries:
                struct.pack_into(reader.order + "IIII", block, at, entry.attributes, entry.length,
                                 entry.offset, entry.depends)  # fmt: skip
                at += _ENTRY_BYTES
    return bytes(block)


def _open(payload: bytes) -> tuple[TiffReader, Directory]:
    reader = TiffReader(Source(payload[len(MPF_HEADER) :]))
    return reader, reader.directory(reader.first_offset)
