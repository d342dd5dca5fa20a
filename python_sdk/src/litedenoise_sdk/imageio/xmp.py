"""Edits to an XMP packet that leave the rest of it as it is, byte for byte.

Packets are never parsed as XML, so no entity is expanded. They may be long and nonsense, so each
edit looks at a byte a few times at most: hence the possessive quantifiers, which never go back.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from xml.sax.saxutils import escape

Kind = Literal["text", "Alt", "Bag", "Seq"]
"""A plain text, or one of RDF's containers."""
DC = "dc", "http://purl.org/dc/elements/1.1/"
XMP = "xmp", "http://ns.adobe.com/xap/1.0/"
"""Prefixes and namespaces."""
GAIN_MAP_SPACES = (
    b"http://ns.adobe.com/hdr-gain-map/1.0/",
    b"http://ns.apple.com/HDRGainMap/1.0/",
)
CONTAINER_SPACES = (
    b"http://ns.google.com/photos/1.0/container/",
    b"http://ns.google.com/photos/1.0/container/item/",
)
_CAMERA_SPACE = b"http://ns.google.com/photos/1.0/camera/"
_NOT_IN_XML = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_MOTION = rb"(?:MotionPhoto|MicroVideo)\w*+"
_ORIENTATION = re.compile(rb"(tiff:Orientation\s*(?:=\s*[\"']|>)\s*)[1-8](?=\s*[\"'<])")
_ITEM = re.compile(rb"<(?:\w++:)?Item\b[^<>]*+>")
_END = re.compile(rb"</[\w-]+:RDF\s*>")
_ABOUT = re.compile(rb":about\s*=\s*(\"[^\"]*\"|'[^']*')")
_DECLARED = re.compile(rb"xmlns:([\w-]++)\s*+=\s*+[\"']([^\"']*+)[\"']")
_USED = re.compile(rb"[<\s]([\w-]++):([\w-]++)(?=[\s=>/])")
_CLOSED = re.compile(rb"\s*+>")
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_EMPTY = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{_RDF}"></rdf:RDF></x:xmpmeta>'
    '<?xpacket end="w"?>'
).encode()


@dataclass(frozen=True, slots=True)
class Property:
    """One property: its namespace, a prefix for that, its name, and its value as XML."""

    space: str
    prefix: str
    name: str
    value: str


def property_of(space: tuple[str, str], name: str, kind: Kind, texts: Sequence[str]) -> Property:
    """A property of texts, of which all but Bag and Seq take the first."""
    escaped = [escape(_NOT_IN_XML.sub("", text)) for text in texts]
    value = escaped[0]
    if kind != "text":
        language = ' xml:lang="x-default"' if kind == "Alt" else ""
        items = escaped[:1] if kind == "Alt" else escaped
        inner = "".join(f"<rdf:li{language}>{text}</rdf:li>" for text in items)
        value = f"<rdf:{kind}>{inner}</rdf:{kind}>"
    return Property(space[1], space[0], name, value)


def upright(xmp: bytes) -> bytes:
    """tiff:Orientation becomes 1."""
    return _ORIENTATION.sub(rb"\g<1>1", xmp)


def without_previews(xmp: bytes) -> bytes:
    """The packet without xmp:Thumbnails, which show the noisy picture."""
    return _without(xmp, XMP[1].encode(), rb"Thumbnails\b") if b"Thumbnails" in xmp else xmp


def without_followers(xmp: bytes) -> bytes:
    """The packet without its claims that a gain map or a film follows the picture."""
    for space in (*GAIN_MAP_SPACES, *CONTAINER_SPACES):
        xmp = _without(xmp, space, rb"[\w.-]++")
    return _without(xmp, _CAMERA_SPACE, _MOTION)


def claims_gain_map(xmp: bytes) -> bool:
    return any(space in xmp for space in GAIN_MAP_SPACES)


def with_lengths(xmp: bytes, lengths: Mapping[int, int]) -> bytes:
    """In a GContainer directory, replaces each item's length that is a key by its value."""

    def renew(item: re.Match[bytes]) -> bytes:
        return re.sub(
            rb"(:Length\s*=\s*[\"'])(\d{1,18})(?=[\"'])",
            lambda found: found[1] + b"%d" % lengths.get(int(found[2]), int(found[2])),
            item[0],
        )

    return _ITEM.sub(renew, xmp)


def with_properties(xmp: bytes | None, properties: Iterable[Property]) -> bytes | None:
    """The packet with those of the properties that it does not have; None if it has no room."""
    packet = xmp or _EMPTY
    end = _END.search(packet)
    if end is None:
        return None
    missing = _missing(packet, list(properties))
    if not missing:
        return packet
    about = _ABOUT.search(packet)
    spaces = {one.prefix: one.space for one in missing} | {"rdf": _RDF}
    declared = "".join(f' xmlns:{prefix}="{space}"' for prefix, space in spaces.items())
    elements = "".join(
        f"<{one.prefix}:{one.name}>{one.value}</{one.prefix}:{one.name}>" for one in missing
    )
    # All descriptions of a packet are about the same thing, in the same words.
    head = f"<rdf:Description{declared} rdf:about=".encode() + (about[1] if about else b'""')
    added = head + b">" + elements.encode() + b"</rdf:Description>"
    return packet[: end.start()] + added + packet[end.start() :]


def _missing(xmp: bytes, properties: Sequence[Property]) -> list[Property]:
    """Those of the properties that the packet does not have."""
    names = {one.name.encode() for one in properties}
    spaces = {one.space.encode() for one in properties}
    prefixes: dict[bytes, set[bytes]] = {}
    for prefix, space in (declared.groups() for declared in _DECLARED.finditer(xmp)):
        if space in spaces:
            prefixes.setdefault(prefix, set()).add(space)
    there = {
        (space, used[2])
        for used in _USED.finditer(xmp)
        if used[2] in names
        for space in prefixes.get(used[1], ())
    }
    return [one for one in properties if (one.space.encode(), one.name.encode()) not in there]


def _without(xmp: bytes, space: bytes, names: bytes) -> bytes:
    """Removes the attributes and elements of a namespace; its declaration is harmless and stays."""
    declared = next((one for one in _DECLARED.finditer(xmp) if one[2] == space), None)
    if declared is None:
        return xmp
    name = re.escape(declared[1]) + rb":" + names
    xmp = _cut(xmp, _elements(xmp, re.compile(rb"<(" + name + rb")[^<>]*+>")))
    attribute = re.compile(rb"\s" + name + rb"\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+')")
    return _cut(xmp, (found.span() for found in attribute.finditer(xmp)))


def _cut(xmp: bytes, places: Iterable[tuple[int, int]]) -> bytes:
    """The packet without what lies from some offsets to others."""
    kept, end = bytearray(), 0
    for start, stop in places:
        kept += xmp[end:start]
        end = stop
    return bytes(kept) + xmp[end:] if end else xmp


def _elements(xmp: bytes, opening: re.Pattern[bytes]) -> Iterator[tuple[int, int]]:
    """Where elements that begin so lie, up to one that does not end."""
    at = 0
    while found := opening.search(xmp, at):
        at = found.end()
        if not found[0].endswith(b"/>"):
            at = _element_end(xmp, found[1], at)
            if at < 0:
                return
        yield found.start(), at


def _element_end(xmp: bytes, name: bytes, at: int) -> int:
    """Offset behind the tag that closes an element; -1 where there is none."""
    tag = b"</" + name
    while (at := xmp.find(tag, at)) >= 0:
        at += len(tag)
        if closed := _CLOSED.match(xmp, at):
            return closed.end()
    return -1
