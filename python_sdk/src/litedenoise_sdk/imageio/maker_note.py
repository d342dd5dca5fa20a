"""Maker notes that have to move: their offsets are rebased where these are understood.

Most makers put a directory like EXIF's into their note, whose offsets count from the start of the
file (exiftool's documentation of maker notes lists them). Those are changed. Notes that have a
header of their own, or whose offsets count from their own start, stay as they are.
"""

import struct

from litedenoise_sdk.imageio.ifd import KIND_BYTES, BrokenDirectory, ByteOrder, TiffReader

_HEADERS = (
    (b"OLYMP\0", 8), (b"EPSON\0", 8), (b"SANYO\0", 8), (b"Nikon\0\1\0", 8), (b"LEICA\0", 8),
    (b"AOC\0", 6), (b"QVC\0", 6), (b"Panasonic\0", 12), (b"SONY ", 12), (b"SIGMA\0", 10),
    (b"FOVEON\0", 10), (b"", 0),
)  # fmt: skip
"""How a note begins, and where its directory does; Canon's and Minolta's begin with it."""
_MOST = 512
"""The most entries of a directory: more means it is something else."""


def moved(note: bytes, reader: TiffReader, old: int, new: int) -> bytes:
    """A maker note for another offset.

    Args:
        note: its bytes.
        reader: of the file that it comes from.
        old: its offset there.
        new: its offset in the file to write.

    Returns:
        The note, and behind it the values that lay outside of it.
    """
    start = next(length for head, length in _HEADERS if note.startswith(head))
    for order in (reader.order, ">" if reader.order == "<" else "<"):
        entries = _entries(note, start, order)
        if entries:
            return _rebased(note, entries, reader, order, old, new)
    return note


def _entries(note: bytes, start: int, order: ByteOrder) -> list[tuple[int, int, int]]:
    """(place of the offset, the offset, length) of all values outside their entries."""
    if len(note) < start + 2:
        return []
    (count,) = struct.unpack_from(order + "H", note, start)
    if not 0 < count <= _MOST or start + 2 + 12 * count > len(note):
        return []
    found = []
    for at in range(start + 2, start + 2 + 12 * count, 12):
        _, kind, values, offset = struct.unpack_from(order + "HHII", note, at)
        if kind not in KIND_BYTES:
            return []
        length = values * KIND_BYTES[kind]
        if length > 4:
            found.append((at + 8, offset, length))
    return found


def _rebased(
    note: bytes,
    entries: list[tuple[int, int, int]],
    reader: TiffReader,
    order: ByteOrder,
    old: int,
    new: int,
) -> bytes:
    end = old + len(note)
    if not any(old <= offset and offset + length <= end for _, offset, length in entries):
        return note  # they count from somewhere else
    block = bytearray(note)
    for place, offset, length in entries:
        if old <= offset and offset + length <= end:
            target = offset - old + new
        else:
            if len(block) + length > 2 * len(note) + 65_536:
                continue
            try:
                value = reader.bytes_at(offset, length)
            except BrokenDirectory:
                continue
            block += b"\0" * (len(block) % 2)
            target = new + len(block)
            block += value
        struct.pack_into(order + "I", block, place, target)
    return bytes(block)
