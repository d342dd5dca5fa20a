"""The items of a HEIF file and how they hang together (ISO 14496-12, 8.11; ISO 23008-12).

A file is taken apart into items that stand on their own: their data, and their properties by value.
Written again, all data is in one place behind the directory.
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from litedenoise_sdk.imageio.boxes import box, boxes
from litedenoise_sdk.imageio.limits import (
    MAX_HEIF_EXTENTS,
    MAX_HEIF_ITEMS,
    MAX_METADATA_BYTES,
    check_budget,
)

Reference = tuple[bytes, tuple[int, ...]]
"""Kind, and the items that are referred to."""
_IN_FILE, _IN_IDAT = 0, 1


@dataclass(frozen=True, slots=True)
class Item:
    """A picture, a tile of one, or metadata.

    Attributes:
        id: its number in the file.
        flags: of its entry; 1 is hidden.
        head: its entry behind the number: protection, kind, name, and more for some kinds.
        data: what it holds.
        properties: whole boxes in their order, and whether a reader has to understand them.
        references: from this item to others.
    """

    id: int
    flags: int
    head: bytes
    data: bytes
    properties: tuple[tuple[bool, bytes], ...] = ()
    references: tuple[Reference, ...] = ()

    @property
    def kind(self) -> bytes:
        return self.head[2:6]

    def property_of(self, kind: bytes) -> bytes | None:
        """Content of its first property of a kind."""
        return next((value[8:] for _, value in self.properties if value[4:8] == kind), None)

    def refers(self, kind: bytes) -> frozenset[int]:
        """All items that it refers to in this way."""
        return frozenset(id for name, ids in self.references if name == kind for id in ids)


@dataclass(frozen=True, slots=True)
class Container:
    """A whole file.

    Attributes:
        brands: content of its ftyp box.
        primary: number of the picture that is shown.
        items: by number.
        groups: kind and members of the groups of items.
    """

    brands: bytes
    primary: int
    items: dict[int, Item]
    groups: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Attached:
    """What hangs at a picture.

    Attributes:
        items: with references to each other and to the main picture, which is 0.
        groups: of these.
        behind: whole boxes at the file's end.
        orientation: of the main picture as it is stored.
    """

    items: tuple[Item, ...] = ()
    groups: tuple[Reference, ...] = ()
    behind: bytes = b""
    orientation: int = 1


def read_container(data: bytes) -> Container:
    """Takes a file apart.

    Raises:
        ValueError, struct.error, IndexError: it makes no sense.
        ImageTooLarge: more items or bytes than any photograph has.
    """
    top = dict(boxes(data))
    inner = dict(boxes(top[b"meta"], 4)) if b"meta" in top else {}
    if not {b"pitm", b"iinf", b"iloc"} <= set(inner):
        raise ValueError("it has no directory of items")
    heads = dict(_heads(inner[b"iinf"]))
    check_budget("items", len(heads), MAX_HEIF_ITEMS)
    places = dict(_places(inner[b"iloc"]))
    properties = _properties(dict(boxes(inner.get(b"iprp", b""))))
    references = _references(inner.get(b"iref", b""))
    sources = {_IN_FILE: data, _IN_IDAT: inner.get(b"idat", b"")}
    items, total = {}, 0
    for id, (flags, head) in heads.items():
        method, extents = places.get(id, (_IN_FILE, []))
        source = sources[method]
        pieces = [slice(at, at + length if length else None) for at, length in extents]
        # Before anything is copied: many items may share the same bytes.
        total += sum(len(range(len(source))[piece]) for piece in pieces)
        check_budget("bytes of items", total, len(data) + MAX_METADATA_BYTES)
        content = b"".join(source[piece] for piece in pieces)
        items[id] = Item(id, flags, head, content, properties.get(id, ()), references.get(id, ()))
    primary = int.from_bytes(inner[b"pitm"][4 : 8 if inner[b"pitm"][0] else 6], "big")
    if primary not in items:
        raise ValueError("its main picture is missing")
    groups = tuple(_groups(inner.get(b"grpl", b"")))
    return Container(top.get(b"ftyp", b""), primary, items, groups)


def container_bytes(container: Container) -> bytes:
    """Puts a file together.

    Raises:
        ValueError: more items or bytes than its fields can count.
    """
    ftyp = box(b"ftyp", container.brands)
    items = list(container.items.values())
    # All fields have a fixed width, so that the directory is as long with any offsets.
    start = len(ftyp) + len(_directory(container, 0)) + 8
    data = b"".join(item.data for item in items)
    if start + len(data) >= 2**32 or any(item.id >= 2**16 for item in items):
        raise ValueError("too much for the fields of a HEIF file")
    return ftyp + _directory(container, start) + box(b"mdat", data)


def _directory(container: Container, start: int) -> bytes:
    items = list(container.items.values())
    entries = b"".join(
        _full(b"infe", 2, item.flags, struct.pack(">H", item.id) + item.head) for item in items
    )
    places = b""
    for item in items:
        places += struct.pack(">HHHHII", item.id, _IN_FILE, 0, 1, start, len(item.data))
        start += len(item.data)
    shared = list(dict.fromkeys(value for item in items for _, value in item.properties))
    content = (
        _full(b"hdlr", 0, 0, bytes(4) + b"pict" + bytes(13))
        + _full(b"pitm", 0, 0, struct.pack(">H", container.primary))
        + _full(b"iloc", 1, 0, b"\x44\0" + struct.pack(">H", len(items)) + places)
        + _full(b"iinf", 0, 0, struct.pack(">H", len(items)) + entries)
        + box(b"iprp", box(b"ipco", b"".join(shared)) + _associations(items, shared))
    )
    references = b"".join(
        box(kind, struct.pack(f">HH{len(ids)}H", item.id, len(ids), *ids))
        for item in items
        for kind, ids in item.references
    )
    if references:
        content += _full(b"iref", 0, 0, references)
    if container.groups:
        content += box(b"grpl", b"".join(_group_boxes(container.groups)))
    return _full(b"meta", 0, 0, content)


def _group_boxes(groups: Iterable[Reference]) -> Iterator[bytes]:
    for number, (kind, ids) in enumerate(groups):
        # Groups are numbered like items, and beside them.
        yield _full(kind, 0, 0, struct.pack(f">II{len(ids)}I", 2**16 + number, len(ids), *ids))


def _associations(items: list[Item], shared: list[bytes]) -> bytes:
    numbers = {value: number for number, value in enumerate(shared, 1)}
    described = [item for item in items if item.properties]
    content = struct.pack(">I", len(described))
    for item in described:
        content += struct.pack(">HB", item.id, len(item.properties))
        for essential, value in item.properties:
            content += struct.pack(">H", essential << 15 | numbers[value])
    return _full(b"ipma", 0, 1, content)


def _full(kind: bytes, version: int, flags: int, content: bytes) -> bytes:
    return box(kind, struct.pack(">I", version << 24 | flags) + content)


def _heads(iinf: bytes) -> Iterator[tuple[int, tuple[int, bytes]]]:
    for kind, entry in boxes(iinf, 8 if iinf[0] else 6):
        if kind == b"infe" and entry[0] in (2, 3):
            width = 2 if entry[0] == 2 else 4
            number = int.from_bytes(entry[4 : 4 + width], "big")
            yield number, (int.from_bytes(entry[1:4], "big"), entry[4 + width :])


def _places(iloc: bytes) -> Iterator[tuple[int, tuple[int, list[tuple[int, int]]]]]:
    """By item, whether its extents lie in the file or in idat, and their (offset, length)."""
    version, at = iloc[0], 4
    sizes = [iloc[4] >> 4, iloc[4] & 15, iloc[5] >> 4, iloc[5] & 15 if version else 0]

    def number(width: int) -> int:
        nonlocal at
        at += width
        if at > len(iloc):
            raise ValueError("its places are cut short")
        return int.from_bytes(iloc[at - width : at], "big")

    at = 6
    wide, total = 2 if version < 2 else 4, 0
    for _ in range(number(wide)):
        item = number(wide)
        method = number(2) & 15 if version else _IN_FILE
        number(2)
        base = number(sizes[2])
        extents = []
        count = number(2)
        total += count  # they may take no bytes of the file
        check_budget("pieces of items", total, MAX_HEIF_EXTENTS)
        for _ in range(count):
            number(sizes[3])
            extents.append((base + number(sizes[0]), number(sizes[1])))
        if method in (_IN_FILE, _IN_IDAT):
            yield item, (method, extents)


def _properties(iprp: dict[bytes, bytes]) -> dict[int, tuple[tuple[bool, bytes], ...]]:
    shared = [box(kind, content) for kind, content in boxes(iprp.get(b"ipco", b""))]
    ipma = iprp.get(b"ipma", b"")
    if not ipma:
        return {}
    wide = 4 if ipma[0] else 2
    width, bits = (2, 15) if ipma[3] & 1 else (1, 7)
    found = {}
    at = 8
    for _ in range(int.from_bytes(ipma[4:8], "big")):
        item, count = int.from_bytes(ipma[at : at + wide], "big"), ipma[at + wide]
        at += wide + 1
        values = [
            int.from_bytes(ipma[place : place + width], "big")
            for place in range(at, at + count * width, width)
        ]
        at += count * width
        chosen = [(bool(value >> bits), value & (1 << bits) - 1) for value in values]
        found[item] = tuple((must, shared[number - 1]) for must, number in chosen if number)
    return found


def _references(iref: bytes) -> dict[int, tuple[Reference, ...]]:
    found: dict[int, tuple[Reference, ...]] = {}
    if not iref:
        return found
    code = "I" if iref[0] else "H"
    width = struct.calcsize(code)
    for kind, content in boxes(iref, 4):
        item, count = struct.unpack_from(f">{code}H", content)
        ids = struct.unpack_from(f">{count}{code}", content, width + 2)
        found[item] = (*found.get(item, ()), (kind, ids))
    return found


def _groups(grpl: bytes) -> Iterator[Reference]:
    for kind, content in boxes(grpl):
        (count,) = struct.unpack_from(">I", content, 8)
        yield kind, struct.unpack_from(f">{count}I", content, 12)
