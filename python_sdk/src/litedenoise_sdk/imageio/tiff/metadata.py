"""Metadata of a TIFF file: its directory, without what describes the storage of the pixels."""

import struct
from collections.abc import Callable, Mapping

from litedenoise_sdk.imageio import maker_note, photoshop
from litedenoise_sdk.imageio.credentials import C2PA_NOTE
from litedenoise_sdk.imageio.exif import EXIF_POINTER, GPS_POINTER, INTEROP_POINTER
from litedenoise_sdk.imageio.ifd import (
    LONG,
    UNDEFINED,
    BrokenDirectory,
    Directory,
    Entry,
    Field,
    TiffReader,
    build_directory,
)
from litedenoise_sdk.imageio.limits import MAX_METADATA_BYTES
from litedenoise_sdk.imageio.photo import Metadata

X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT = 282, 283, 296
XMP, ICC = 700, 34675
IPTC, PHOTOSHOP = 33723, 34377
CAPTIONS = frozenset({IPTC, PHOTOSHOP})
"""IPTC records and Photoshop's resources."""
STORAGE = frozenset(
    {
        254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 273, 277, 278, 279, 280, 281, 284,
        288, 289, 290, 291, 292, 293, 317, 320, 321, 322, 323, 324, 325, 330, 332, 333, 334, 336,
        338, 339, 340, 341, 343, 344, 345, 346, 347, 512, 513, 514, 515, 517, 518, 519, 520, 521,
        529, 530, 531, 532,
    }
)  # fmt: skip
"""Tags that are true of the stored bytes alone, not of the picture."""
_PHOTOSHOP_LAYERS, _C2PA = 37724, 52545
_MAKER_NOTE = 37500
_ELSEWHERE = STORAGE | CAPTIONS | {XMP, ICC, _PHOTOSHOP_LAYERS, _C2PA}
_POINTERS = frozenset({EXIF_POINTER, GPS_POINTER, INTEROP_POINTER})
_INCH, _CENTIMETRE = 2, 3
_MAX_CLASSIC_KIND = 13


def read_metadata(reader: TiffReader, directory: Directory) -> Metadata:
    """All of a directory's metadata; damaged parts are left out."""
    resources = photoshop.without_previews(_value(reader, directory, PHOTOSHOP) or b"")
    records = _value(reader, directory, IPTC)
    return Metadata(
        format="TIFF",
        exif=exif_of(reader, directory),
        icc=_value(reader, directory, ICC),
        xmp=_value(reader, directory, XMP),
        iptc=records or photoshop.captions(resources),
        photoshop=photoshop.others(resources),
        dpi=_dpi(reader, directory),
        own=tuple(
            (str(tag), value) for tag, value in ((IPTC, records), (PHOTOSHOP, resources)) if value
        ),
    )


def left_out(directory: Directory) -> tuple[str, ...]:
    """Notes on what is true only of the picture as it was."""
    notes = []
    if directory.find(_PHOTOSHOP_LAYERS):
        notes.append("Photoshop's layers were left out: they show the picture as it was")
    if directory.find(_C2PA):
        notes.append(C2PA_NOTE)
    return tuple(notes)


def exif_of(
    reader: TiffReader,
    directory: Directory,
    is_left_out: Callable[[int], bool] = lambda _: False,
    longest: int = MAX_METADATA_BYTES,
) -> bytes | None:
    """The tags of the picture and of its EXIF and GPS directories as an EXIF block.

    Args:
        reader: of the file.
        directory: the picture's.
        is_left_out: for its tags.
        longest: longer values are left out, in all directories.
    """
    block = _header(reader)
    entries = [e for e in directory.entries if e.tag not in _ELSEWHERE and not is_left_out(e.tag)]
    fields, placed = _copy(reader, entries, block, longest)
    return _finished(reader, block, fields, placed)


def join(
    first: TiffReader,
    below: Mapping[int, TiffReader],
    note: TiffReader | None,
    is_left_out: Callable[[int], bool],
) -> bytes | None:
    """An EXIF block of the first directories of several, all of one byte order.

    Args:
        first: what comes first.
        below: by the tag that points to it, what lies below.
        note: whose directory becomes the maker note, with its values in it.
        is_left_out: for tags of the first.
    """
    block = _header(first)
    pointers = []
    for tag, reader in below.items():
        if reader.order != first.order:
            continue
        fields, placed = _copy(reader, list(_first(reader).entries), block)
        if tag == EXIF_POINTER and note is not None and note.order == first.order:
            placed.append(_own_directory(note, block))
        pointers.append(Field.integers(first.order, tag, LONG, len(block)))
        block.extend(build_directory(first.order, len(block), fields, placed))
        block.extend(b"\0" * (len(block) % 2))
    entries = [
        entry
        for entry in _first(first).entries
        if not (entry.tag in _ELSEWHERE | _POINTERS or is_left_out(entry.tag))
    ]
    fields, placed = _copy(first, entries, block)
    return _finished(first, block, fields + pointers, placed)


def _own_directory(reader: TiffReader, block: bytearray) -> bytes:
    """Puts a maker note that is a directory into ``block``; the entry that points to it."""
    fields, placed = _copy(reader, list(_first(reader).entries), block)
    note = build_directory(reader.order, len(block), fields, placed)
    entry = struct.pack(reader.order + "HHII", _MAKER_NOTE, UNDEFINED, len(note), len(block))
    block.extend(note + b"\0" * (len(note) % 2))
    return entry


def _first(reader: TiffReader) -> Directory:
    return reader.directory(reader.first_offset)


def _header(reader: TiffReader) -> bytearray:
    return bytearray(struct.pack(f"{reader.order}2sHI", _mark(reader), 42, 0))


def _finished(
    reader: TiffReader, block: bytearray, fields: list[Field], placed: list[bytes]
) -> bytes | None:
    if not fields and not placed:
        return None
    struct.pack_into(reader.order + "I", block, 4, len(block))
    return bytes(block + build_directory(reader.order, len(block), fields, placed))


def _mark(reader: TiffReader) -> bytes:
    return b"II" if reader.order == "<" else b"MM"


def _copy(
    reader: TiffReader, entries: list[Entry], block: bytearray, longest: int = MAX_METADATA_BYTES
) -> tuple[list[Field], list[bytes]]:
    """Fields for ``entries``, and entries whose values are in ``block`` already.

    The directories that they point to are appended to ``block``, and so are maker notes, whose
    inner offsets depend on their place.
    """
    fields, placed = [], []
    for entry in entries:
        try:
            if entry.tag in _POINTERS:
                below = reader.directory(reader.integers(entry)[0])
                # One level down there is nothing but the interoperability directory.
                deeper = [e for e in below.entries if e.tag not in _POINTERS - {INTEROP_POINTER}]
                if entry.tag == INTEROP_POINTER:
                    deeper = [e for e in deeper if e.tag != INTEROP_POINTER]
                inner, notes = _copy(reader, deeper, block, longest)
                fields.append(Field.integers(reader.order, entry.tag, LONG, len(block)))
                block.extend(build_directory(reader.order, len(block), inner, notes))
                block.extend(b"\0" * (len(block) % 2))
            elif 0 < entry.length <= longest and entry.kind <= _MAX_CLASSIC_KIND:
                value = reader.value(entry)
                if entry.tag == _MAKER_NOTE and len(value) > 4:
                    head = (entry.tag, entry.kind, entry.count, len(block))
                    placed.append(struct.pack(reader.order + "HHII", *head))
                    block.extend(maker_note.moved(value, reader, entry.value_at, len(block)))
                    block.extend(b"\0" * (len(block) % 2))
                else:
                    fields.append(Field(entry.tag, entry.kind, entry.count, value))
        except (BrokenDirectory, IndexError):
            continue
    return fields, placed


def _value(reader: TiffReader, directory: Directory, tag: int) -> bytes | None:
    entry = directory.find(tag)
    try:
        return reader.value(entry) or None if entry else None
    except BrokenDirectory:
        return None


def _dpi(reader: TiffReader, directory: Directory) -> tuple[float, float] | None:
    x, y = directory.find(X_RESOLUTION), directory.find(Y_RESOLUTION)
    unit = directory.find(RESOLUTION_UNIT)
    if not x or not y:
        return None
    try:
        per_unit = reader.integers(unit)[0] if unit else _INCH
        values = reader.rational(x), reader.rational(y)
    except (BrokenDirectory, IndexError):
        return None
    if per_unit not in (_INCH, _CENTIMETRE) or min(values) <= 0:
        return None
    scale = 2.54 if per_unit == _CENTIMETRE else 1.0
    return values[0] * scale, values[1] * scale
