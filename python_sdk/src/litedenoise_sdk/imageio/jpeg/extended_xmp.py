"""The part of an XMP packet that did not fit into its JPEG segment.

Adobe, XMP Specification Part 3 (2020), section 1.1.3.1: further segments hold pieces of a second
packet, which the first one names by its digest.
"""

import re
import struct
from collections.abc import Iterable

from litedenoise_sdk.imageio.jpeg.segments import EXTENDED_XMP

_NAMED = re.compile(rb"""\s[\w-]+:HasExtendedXMP\s*=\s*["']([0-9A-Fa-f]{32})["']""")
_AS_ELEMENT = re.compile(rb"<([\w-]+:HasExtendedXMP)\s*>\s*([0-9A-Fa-f]{32})\s*</\1\s*>", re.DOTALL)
_BODY = re.compile(
    rb"<rdf:RDF(?:\s+xmlns:rdf\s*=\s*(?:\"[^\"]*\"|'[^']*'))?\s*>(.*)</rdf:RDF\s*>", re.DOTALL
)
_END = re.compile(rb"</rdf:RDF\s*>")


def whole(xmp: bytes, payloads: Iterable[bytes]) -> tuple[bytes, bool]:
    """One packet of both parts, for formats that have room for it.

    Args:
        xmp: the packet of the first segment.
        payloads: of a file's APP1 segments.

    Returns:
        The packet, which names no second one any more, and whether all of that is in it.
    """
    named = _NAMED.search(xmp) or _AS_ELEMENT.search(xmp)
    if named is None:
        return xmp, True
    digest = named[named.lastindex or 1]
    xmp = xmp[: named.start()] + xmp[named.end() :]
    found = _BODY.search(_assembled(digest, payloads))
    end = _END.search(xmp)
    if found is None or end is None:
        return xmp, False
    return xmp[: end.start()] + found[1] + xmp[end.start() :], True


def _assembled(digest: bytes, payloads: Iterable[bytes]) -> bytes:
    """The second packet; empty if a piece of it is missing."""
    head = EXTENDED_XMP + digest
    pieces: dict[int, bytes] = {}
    length = 0
    for payload in payloads:
        if payload.startswith(head) and len(payload) >= len(head) + 8:
            length, offset = struct.unpack_from(">II", payload, len(head))
            pieces[offset] = payload[len(head) + 8 :]
    packet = b"".join(pieces[offset] for offset in sorted(pieces))
    return packet if len(packet) == length else b""
