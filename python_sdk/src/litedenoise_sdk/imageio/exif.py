"""Edits to an EXIF block that move nothing already in it.

Maker notes hold offsets from the start of the block that only their maker can read, so the block
is never taken apart and written anew: values are changed where they lie, and a directory that has
to grow is written again behind the last byte (CIPA DC-008, EXIF 2.32, sections 4.5 and 4.6).

The thumbnail (directory 1) is unlinked: it shows the noisy picture, and in the old orientation.
"""

import struct
from fractions import Fraction

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio.ifd import (
    INTEGERS,
    KIND_BYTES,
    RATIONAL,
    SHORT,
    BrokenDirectory,
    ByteOrder,
    Directory,
    Field,
    Source,
    TiffReader,
    build_directory,
)

ORIENTATION, SOFTWARE, EXIF_POINTER, GPS_POINTER, INTEROP_POINTER = (
    0x0112, 0x0131, 0x8769, 0x8825, 0xA005,
)  # fmt: skip
_X_DENSITY, _Y_DENSITY, _DENSITY_UNIT = 0x011A, 0x011B, 0x0128
_INCH, _CENTIMETRE = 2, 3
_WIDTH, _HEIGHT, _PIXEL_X, _PIXEL_Y = 0x0100, 0x0101, 0xA002, 0xA003


def bare(exif: bytes | None) -> bytes | None:
    """The block without the "Exif" header that some containers put before it; None if empty."""
    while exif and exif.startswith(b"Exif\0\0"):
        exif = exif[6:]
    return exif or None


def is_readable(exif: bytes) -> bool:
    """Whether the block and its first directory make sense."""
    try:
        _open(exif)
    except BrokenDirectory:
        return False
    return True


def read_orientation(exif: bytes | None) -> int:
    """EXIF Orientation, 1 to 8; 1 when it is absent, unreadable or out of range."""
    if exif is None:
        return 1
    try:
        reader, first = _open(exif)
        entry = first.find(ORIENTATION)
        value = reader.integers(entry)[0] if entry and entry.count else 1
    except BrokenDirectory:
        return 1
    return value if 1 <= value <= 8 else 1


def make_upright(exif: bytes | None, size: Size) -> bytes | None:
    """The block of a picture that has been turned upright.

    Orientation becomes 1, the recorded width and height become ``size``, the thumbnail is
    unlinked. A block that cannot be read comes back as it is, as far as it cannot be read.
    """
    if exif is None:
        return None
    block = bytearray(exif)
    try:
        reader, first = _open(exif)
        _overwrite(block, reader.order, first, {ORIENTATION: 1})
        _overwrite(block, reader.order, first, {_WIDTH: size.width, _HEIGHT: size.height})
        struct.pack_into(reader.order + "I", block, _end(reader, first), 0)
        pointer = first.find(EXIF_POINTER)
        if pointer and pointer.count:
            photo = reader.directory(reader.integers(pointer)[0])
            _overwrite(block, reader.order, photo, {_PIXEL_X: size.width, _PIXEL_Y: size.height})
    except (BrokenDirectory, struct.error):
        pass
    return bytes(block)


def resolution(exif: bytes | None) -> tuple[float, float] | None:
    """Dots per inch, horizontal then vertical; None where the block states none."""
    if exif is None:
        return None
    try:
        reader, first = _open(exif)
        across, down, unit = (first.find(tag) for tag in (_X_DENSITY, _Y_DENSITY, _DENSITY_UNIT))
        if not across or not down:
            return None
        scale = 2.54 if unit and reader.integers(unit)[:1] == (_CENTIMETRE,) else 1.0
        return reader.rational(across) * scale, reader.rational(down) * scale
    except BrokenDirectory:
        return None


def stamp(exif: bytes | None, software: str, dpi: tuple[float, float] | None = None) -> bytes:
    """The block with a Software tag and a resolution, where it has none and can be read."""
    if exif is None:
        fields = [Field.integers("<", ORIENTATION, SHORT, 1), Field.text(SOFTWARE, software)]
        fields += _density("<", dpi)
        return b"II*\0\x08\0\0\0" + build_directory("<", 8, fields)
    try:
        reader, first = _open(exif)
    except BrokenDirectory:
        return exif
    fields = [] if first.find(SOFTWARE) else [Field.text(SOFTWARE, software)]
    if not (first.find(_X_DENSITY) or first.find(_Y_DENSITY) or first.find(_DENSITY_UNIT)):
        fields += _density(reader.order, dpi)
    if not fields:
        return exif
    block = bytearray(exif)
    block.extend(b"\0" * (len(block) % 2))
    kept = [raw for _, raw in _known(exif, first)]
    directory = build_directory(reader.order, len(block), fields, kept, first.next_offset)
    struct.pack_into(reader.order + "I", block, 4, len(block))
    return bytes(block + directory)


def _density(order: ByteOrder, dpi: tuple[float, float] | None) -> list[Field]:
    if dpi is None:
        return []
    fractions = [Fraction(side).limit_denominator(1000) for side in dpi]
    sides = [struct.pack(order + "II", one.numerator, one.denominator) for one in fractions]
    return [
        Field(_X_DENSITY, RATIONAL, 1, sides[0]),
        Field(_Y_DENSITY, RATIONAL, 1, sides[1]),
        Field.integers(order, _DENSITY_UNIT, SHORT, _INCH),
    ]


def first_directory(exif: bytes) -> tuple[ByteOrder, list[tuple[int, bytes]]]:
    """Byte order of a block, and its first directory as (tag, 12-byte entry).

    Raises:
        BrokenDirectory: the block cannot be read.
    """
    reader, first = _open(exif)
    return reader.order, _known(exif, first)


def _known(exif: bytes, directory: Directory) -> list[tuple[int, bytes]]:
    """(tag, 12-byte entry) of a directory that is to be written anew.

    Entries of a kind that does not exist are left out: sorted among the others they would make
    readers give up at them.
    """
    return [(e.tag, exif[e.at : e.at + 12]) for e in directory.entries if e.kind in KIND_BYTES]


def _open(exif: bytes) -> tuple[TiffReader, Directory]:
    reader = TiffReader(Source(exif))
    if reader.big:
        raise BrokenDirectory("EXIF blocks are classic TIFF")
    return reader, reader.directory(reader.first_offset)


def _end(reader: TiffReader, first: Directory) -> int:
    """Offset of a directory's pointer to the next one."""
    return reader.first_offset + 2 + 12 * len(first.entries)


def _overwrite(
    block: bytearray, order: ByteOrder, directory: Directory, values: dict[int, int]
) -> None:
    """Change the first number of each tag in ``values``, in the kind that it has."""
    for entry in directory.entries:
        code = INTEGERS.get(entry.kind)
        value = values.get(entry.tag)
        # A side that does not fit into the kind that is there stays what it was.
        if value is not None and code and entry.count and value < 256 ** struct.calcsize(code):
            struct.pack_into(order + code, block, entry.value_at, value)
