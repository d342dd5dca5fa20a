"""TIFF directories: the one structure that TIFF files and EXIF blocks share.

Adobe, TIFF Revision 6.0 (1992), section 2; BigTIFF by its 2007 design. Reading resolves values to
raw bytes in the file's own byte order and interprets as little as possible, so that what is not
understood (maker notes, private tags) survives untouched.
"""

import io
import os
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO, Literal

from litedenoise_sdk.imageio.limits import (
    MAX_DIRECTORIES,
    MAX_ENTRIES,
    MAX_METADATA_BYTES,
    MAX_NUMBERS,
    check_budget,
)

ByteOrder = Literal["<", ">"]

ASCII, SHORT, LONG, RATIONAL, UNDEFINED = 2, 3, 4, 5, 7
KIND_BYTES = {
    **dict.fromkeys((1, ASCII, 6, UNDEFINED), 1),
    **dict.fromkeys((SHORT, 8), 2),
    **dict.fromkeys((LONG, 9, 11, 13), 4),
    **dict.fromkeys((RATIONAL, 10, 12, 16, 17, 18), 8),
}
INTEGERS = {1: "B", SHORT: "H", LONG: "I", 13: "I", 16: "Q", 18: "Q"}


class BrokenDirectory(ValueError):
    """A directory or value lies outside the file or makes no sense."""


class Source:
    """Random access to a file; whatever lies outside it is refused."""

    def __init__(self, file: BinaryIO | bytes) -> None:
        self._file = io.BytesIO(file) if isinstance(file, bytes) else file
        self.size = self._file.seek(0, os.SEEK_END)

    def read(self, offset: int, length: int) -> bytes:
        if offset < 0 or length < 0 or offset + length > self.size:
            raise BrokenDirectory(
                f"bytes {offset} to {offset + length} were expected, but the file ends at "
                f"{self.size}"
            )
        self._file.seek(offset)
        return self._file.read(length)


@dataclass(frozen=True, slots=True)
class Entry:
    """One tag.

    Attributes:
        tag, kind, count: as in the TIFF specification.
        at: offset of the entry itself.
        value_at: offset of its value, inside or outside the entry.
    """

    tag: int
    kind: int
    count: int
    at: int
    value_at: int

    @property
    def length(self) -> int:
        """Bytes of the value."""
        return self.count * KIND_BYTES.get(self.kind, 0)


@dataclass(frozen=True, slots=True)
class Directory:
    """Entries in file order, and the offset of the directory after this one (0: none)."""

    entries: tuple[Entry, ...]
    next_offset: int

    def find(self, tag: int) -> Entry | None:
        return next((entry for entry in self.entries if entry.tag == tag), None)


class TiffReader:
    """Reads the directories of a TIFF file, a BigTIFF file or an EXIF block.

    All methods raise ImageTooLarge once more directories, tags or bytes of values are asked for
    than any photograph has: a small file can point to the same ones again and again.

    Raises:
        BrokenDirectory: the header is not TIFF's.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self._directories = self._entries = self._bytes = 0
        head = source.read(0, 8)
        if head[:4] not in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
            raise BrokenDirectory("the header is not TIFF's")
        self.order: ByteOrder = "<" if head[:2] == b"II" else ">"
        self.big = b"+" in head[2:4]
        if self.big:
            (self.first_offset,) = self._unpack("Q", source.read(8, 8))
        else:
            (self.first_offset,) = self._unpack("I", head[4:])

    def _unpack(self, layout: str, data: bytes) -> tuple[int, ...]:
        return struct.unpack(self.order + layout, data)

    def directory(self, offset: int) -> Directory:
        """The directory at ``offset``.

        Raises:
            BrokenDirectory: it does not lie inside the file.
        """
        head, entry_layout, inline, pointer = (
            ("Q", "HHQ", 8, "Q") if self.big else ("H", "HHI", 4, "I")
        )
        head_length = struct.calcsize(self.order + head)
        entry_length = struct.calcsize(self.order + entry_layout) + inline
        (count,) = self._unpack(head, self.source.read(offset, head_length))
        start = offset + head_length
        # The last directory of some writers ends without a pointer to the next.
        body = self.source.read(start, count * entry_length)
        self._directories += 1
        self._entries += count
        check_budget("TIFF directories", self._directories, MAX_DIRECTORIES)
        check_budget("TIFF tags", self._entries, MAX_ENTRIES)
        end = start + len(body)
        try:
            (next_offset,) = self._unpack(pointer, self.source.read(end, inline))
        except BrokenDirectory:
            next_offset = 0
        entries = []
        for at in range(0, len(body), entry_length):
            field = body[at : at + entry_length]
            tag, kind, values = self._unpack(entry_layout, field[:-inline])
            value_at = start + at + entry_length - inline
            if values * KIND_BYTES.get(kind, 0) > inline:
                (value_at,) = self._unpack(pointer, field[-inline:])
            entries.append(Entry(tag, kind, values, start + at, value_at))
        return Directory(tuple(entries), next_offset)

    def value(self, entry: Entry) -> bytes:
        """The value's bytes in the file's byte order. BrokenDirectory: outside the file."""
        return self.bytes_at(entry.value_at, entry.length)

    def bytes_at(self, offset: int, length: int) -> bytes:
        """Bytes that belong to a value. BrokenDirectory: outside the file."""
        found = self.source.read(offset, length)
        self._bytes += length
        check_budget("bytes of metadata", self._bytes, MAX_METADATA_BYTES)
        return found

    def integers(self, entry: Entry) -> tuple[int, ...]:
        """The value as whole numbers. BrokenDirectory: of another kind, or outside the file."""
        code = INTEGERS.get(entry.kind)
        if code is None:
            raise BrokenDirectory(f"tag {entry.tag} is not a whole number")
        if entry.count > MAX_NUMBERS:
            raise BrokenDirectory(f"tag {entry.tag} is a list of {entry.count} numbers")
        return self._unpack(f"{entry.count}{code}", self.value(entry))

    def rational(self, entry: Entry) -> float:
        """The first value as a fraction. BrokenDirectory: of another kind, or over zero."""
        if entry.kind != RATIONAL or entry.count < 1:
            raise BrokenDirectory(f"tag {entry.tag} is not a fraction")
        above, below = self._unpack("II", self.source.read(entry.value_at, 8))
        if below == 0:
            raise BrokenDirectory(f"tag {entry.tag} is divided by zero")
        return above / below


@dataclass(frozen=True, slots=True)
class Field:
    """A tag to write; ``value`` is in the byte order of the file it goes to."""

    tag: int
    kind: int
    count: int
    value: bytes

    @classmethod
    def integers(cls, order: ByteOrder, tag: int, kind: int, *values: int) -> "Field":
        return cls(
            tag, kind, len(values), struct.pack(f"{order}{len(values)}{INTEGERS[kind]}", *values)
        )

    @classmethod
    def text(cls, tag: int, text: str) -> "Field":
        value = text.encode("ascii") + b"\0"
        return cls(tag, ASCII, len(value), value)


def build_directory(
    order: ByteOrder,
    offset: int,
    fields: Iterable[Field],
    kept: Iterable[bytes] = (),
    next_offset: int = 0,
) -> bytes:
    """A classic directory with its values behind it, to be put at ``offset``.

    Args:
        order: byte order of the file.
        offset: where the first byte will lie.
        fields: tags whose values are written here.
        kept: 12-byte entries copied from a directory of the same file; what they point to stays
            where it is.
        next_offset: offset of the directory after this one.
    """
    fields = list(fields)
    kept = list(kept)
    values_at = offset + 2 + 12 * (len(fields) + len(kept)) + 4
    entries = [(struct.unpack_from(order + "H", raw)[0], raw) for raw in kept]
    values = bytearray()
    for field in fields:
        head = struct.pack(order + "HHI", field.tag, field.kind, field.count)
        if len(field.value) <= 4:
            entries.append((field.tag, head + field.value.ljust(4, b"\0")))
            continue
        # Values start at even offsets (TIFF 6.0, page 15).
        values.extend(b"\0" * ((values_at + len(values)) % 2))
        entries.append((field.tag, head + struct.pack(order + "I", values_at + len(values))))
        values.extend(field.value)
    entries.sort(key=lambda pair: pair[0])
    return b"".join(
        (
            struct.pack(order + "H", len(entries)),
            *(raw for _, raw in entries),
            struct.pack(order + "I", next_offset),
            values,
        )
    )
