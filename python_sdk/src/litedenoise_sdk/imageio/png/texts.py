"""Texts of PNG files as XMP, for formats that hold no such texts.

Adobe, XMP Specification Part 3 (2020), section 1.1.5, with the keywords of the PNG specification,
third edition, section 11.3.3.1.
"""

import zlib
from collections.abc import Iterable

from litedenoise_sdk.imageio.xmp import DC, XMP, Kind, property_of, with_properties

_MOST_BYTES = 1_000_000
"""Of one text; longer ones are no captions."""
KINDS = frozenset({"tEXt", "zTXt", "iTXt"})
_PROPERTIES: dict[str, tuple[tuple[str, str], str, Kind]] = {
    "Title": (DC, "title", "Alt"),
    "Author": (DC, "creator", "Seq"),
    "Description": (DC, "description", "Alt"),
    "Copyright": (DC, "rights", "Alt"),
    "Source": (DC, "source", "text"),
    "Software": (XMP, "CreatorTool", "text"),
}


def as_xmp(
    chunks: Iterable[tuple[str, bytes]], xmp: bytes | None
) -> tuple[bytes | None, list[str], list[str]]:
    """Texts of a PNG file in XMP.

    Args:
        chunks: of the file, by name and payload.
        xmp: the packet so far; what it has already stays.

    Returns:
        The packet, the keywords of the texts that have a place there, and those of all others.
    """
    properties, kept, left = [], [], []
    for name, payload in chunks:
        if name not in KINDS:
            continue
        keyword, _, rest = payload.partition(b"\0")
        word = keyword[:79].decode("latin-1")
        if word in _PROPERTIES and word not in kept and (text := _text(name, rest)):
            properties.append(property_of(*_PROPERTIES[word], [text]))
            kept.append(word)
        else:
            left.append(word)
    packet = with_properties(xmp, properties) if properties else xmp
    if properties and packet is None:
        return xmp, [], sorted({*kept, *left})
    return packet, sorted(set(kept)), sorted(set(left))


def _text(name: str, rest: bytes) -> str | None:
    """What stands behind the keyword; None where it cannot be read, or is too long."""
    if len(rest) > _MOST_BYTES:
        return None
    try:
        match name:
            case "tEXt":
                return rest.decode("latin-1")
            case "zTXt":
                return _inflated(rest[1:]).decode("latin-1")
            case _:  # compressed or not, and language and translated keyword before the text
                text = rest[2:].split(b"\0", 2)[2]
                return (_inflated(text) if rest[0] else text).decode("utf-8")
    except (zlib.error, UnicodeDecodeError, IndexError):
        return None


def _inflated(data: bytes) -> bytes:
    inflater = zlib.decompressobj()
    text = inflater.decompress(data, _MOST_BYTES)
    if not inflater.eof:
        raise zlib.error("cut short, or too long")
    return text
