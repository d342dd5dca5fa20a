"""What hangs at the picture of a HEIF file: gain maps, depth maps, mattes, and films behind it.

All of it stays true for the denoised picture and is carried over as it is. As these pictures lie as
the main one is stored, and viewers turn them with it, that one is stored as it was, too.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from litedenoise_sdk.imageio import xmp as xmp_packet
from litedenoise_sdk.imageio.boxes import box, boxes
from litedenoise_sdk.imageio.credentials import BOX, C2PA_NOTE
from litedenoise_sdk.imageio.heif.container import (
    Attached,
    Container,
    Item,
    Reference,
    container_bytes,
    read_container,
)
from litedenoise_sdk.imageio.heif.picture import lossy_hints
from litedenoise_sdk.imageio.orientation import stored_view
from litedenoise_sdk.imageio.photo import LossyHints

_PRIMARY = 0
"""Stands for the main picture among the references of what is attached."""
_ALPHA = (b"auxid:1\0", b"auxiliary:alpha\0")
_BEHIND = (b"mpvd", b"sefd")
"""Boxes behind the pictures: films, and Samsung's trailer."""
_ROTATED, _MIRRORED = b"irot", b"imir"
_TURN_KINDS = (_ROTATED, _MIRRORED)
Turn = tuple[bytes, bytes]
"""Kind and content of a property that says how a stored picture is turned."""
_TURNS: dict[int, tuple[Turn, ...]] = {
    1: (),
    2: ((_MIRRORED, b"\1"),),
    3: ((_ROTATED, b"\2"),),
    4: ((_MIRRORED, b"\0"),),
    5: ((_ROTATED, b"\1"), (_MIRRORED, b"\0")),
    6: ((_ROTATED, b"\3"),),
    7: ((_ROTATED, b"\1"), (_MIRRORED, b"\1")),
    8: ((_ROTATED, b"\1"),),
}
"""By orientation of EXIF, what says the same of a stored picture."""
_TONE_MAP = b"tmap"
_XMP = b"application/rdf+xml"
_OF_EVERY_FILE = frozenset({b"ftyp", b"meta", b"mdat", b"free", b"skip", b"moov", *_BEHIND})
"""Boxes at the top of a file, moov for sequences, of which the first frame is the picture."""


@dataclass(frozen=True, slots=True)
class Beside:
    """All that a file holds beside its picture.

    Attributes:
        attached: what can be carried over.
        xmp: the picture's packet, which claims no more than that.
        lossy: how the picture itself is compressed.
        notes: on what cannot be carried over.
    """

    attached: Attached | None
    xmp: bytes | None
    lossy: LossyHints | None
    notes: tuple[str, ...]


def read_beside(data: bytes, xmp: bytes | None) -> Beside:
    """What hangs at the picture of a file, and the packet of a picture that is turned upright.

    Raises:
        ImageTooLarge: more items than any photograph has.
    """
    try:
        container = read_container(data)
        attached, lossy = _attached(container), lossy_hints(container)
        others = _others(container)
    except (ValueError, LookupError, struct.error):
        container = None
        attached, lossy, others = Attached(), None, set()
    behind = b"".join(box(kind, content) for kind, content in boxes(data) if kind in _BEHIND)
    notes: tuple[str, ...] = ()
    if container is None:
        notes = ("gain maps and depth maps beside the picture were left out",)
    is_signed = False
    for kind, content in boxes(data):
        if kind == b"uuid" and content.startswith(BOX):
            is_signed = True
        elif kind not in _OF_EVERY_FILE:
            others.add(kind)
    if others:
        names = ", ".join(sorted(kind.decode("latin-1").strip() for kind in others))
        notes += (f"parts of the file that are not understood were left out: {names}",)
    if is_signed:
        notes += (C2PA_NOTE,)
    if xmp:
        xmp = xmp_packet.upright(xmp)
        if container is None or not (attached.items or behind):
            xmp = xmp_packet.without_followers(xmp)
    attached = replace(attached, behind=behind)
    return Beside(attached if attached.items or behind else None, xmp, lossy, notes)


def attach(file: bytes, attached: Attached) -> bytes:
    """A file whose main picture is stored with ``attached.orientation``, and all of that at it."""
    if not attached.items:
        return file + attached.behind
    container = read_container(file)
    first = max(container.items) + 1
    numbers = {item.id: number for number, item in enumerate(attached.items, first)}
    numbers[_PRIMARY] = container.primary
    own = container.items.values()
    items = {item.id: _turned(item, container.primary, attached) for item in own}
    for item in attached.items:
        renumbered = replace(
            item, id=numbers[item.id], references=_mapped(item.references, numbers)
        )
        items[renumbered.id] = renumbered
    brands = container.brands
    if any(item.kind == _TONE_MAP for item in attached.items) and _TONE_MAP not in brands[8:]:
        brands += _TONE_MAP
    groups = (*container.groups, *_mapped(attached.groups, numbers))
    whole = Container(brands, container.primary, items, groups)
    return container_bytes(whole) + attached.behind


def _turned(item: Item, primary: int, attached: Attached) -> Item:
    """The main picture and its transparency, to be turned by viewers."""
    if not (item.id == primary or primary in item.refers(b"auxl")):
        return item
    turns = _TURNS[attached.orientation]
    return replace(item, properties=(*item.properties, *((True, box(*turn)) for turn in turns)))


def _orientation(turns: Iterable[Turn]) -> int:
    """The orientation of EXIF that turns a picture in the same way (ISO 23008-12, 6.5.10, 6.5.12).

    A property without content counts as one that turns nothing.
    """
    stored = upright = np.arange(6).reshape(2, 3)
    for kind, content in turns:
        number = content[0] if content else 0
        if kind == _ROTATED:
            upright = np.rot90(upright, number & 3)
        else:
            upright = upright[:, ::-1] if number & 1 else upright[::-1]
    return next(o for o in range(1, 9) if np.array_equal(stored_view(upright, o), stored))


def _attached(container: Container) -> Attached:
    """What hangs at the picture of a file, without what lies behind it."""
    items, groups = _hanging(container)
    if not items:
        return Attached()
    main = container.items[container.primary]
    turns = [(value[4:8], value[8:]) for _, value in main.properties if value[4:8] in _TURN_KINDS]
    return Attached(items, groups, orientation=_orientation(turns))


def _others(container: Container) -> set[bytes]:
    """Kinds of the items that describe the picture in another way than EXIF and XMP."""
    return {
        item.kind
        for item in container.items.values()
        if container.primary in item.refers(b"cdsc")
        and item.kind != b"Exif"
        and not (item.kind == b"mime" and _XMP in item.head)
    }


def _hanging(container: Container) -> tuple[tuple[Item, ...], tuple[Reference, ...]]:
    primary, items = container.primary, container.items
    chosen = {
        item.id
        for item in items.values()
        if (primary in item.refers(b"auxl") and not _is_alpha(item))
        or (item.kind == _TONE_MAP and primary in item.refers(b"dimg"))
    }
    describing: dict[int, list[int]] = {}
    for item in items.values():
        if primary not in item.refers(b"cdsc"):
            for id in item.refers(b"cdsc") | item.refers(b"auxl"):
                describing.setdefault(id, []).append(item.id)
    left = list(chosen)
    while left:
        id = left.pop()
        around = {*items[id].refers(b"dimg"), *describing.get(id, ())}
        more = (around & items.keys()) - chosen - {primary}
        chosen |= more
        left += more
    numbers = {id: id for id in chosen} | {primary: _PRIMARY}
    kept = tuple(
        replace(items[id], references=_mapped(items[id].references, numbers))
        for id in sorted(chosen)
    )
    groups = [(kind, ids) for kind, ids in container.groups if chosen & set(ids)]
    return kept, _mapped(tuple(groups), numbers)


def _mapped(references: tuple[Reference, ...], numbers: dict[int, int]) -> tuple[Reference, ...]:
    """References with other numbers; what has none is left out."""
    mapped = [(kind, tuple(numbers[id] for id in ids if id in numbers)) for kind, ids in references]
    return tuple((kind, ids) for kind, ids in mapped if ids)


def _is_alpha(item: Item) -> bool:
    stated = item.property_of(b"auxC") or b""
    return any(name in stated for name in _ALPHA)
