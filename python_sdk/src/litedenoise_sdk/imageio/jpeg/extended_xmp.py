"""The part of an XMP packet that does not fit into its JPEG segment.

Adobe, XMP Specification Part 3 (2020), section 1.1.3.1: further segments hold pieces of a second
packet, which the first one names by its digest.
"""

import hashlib
import re
import struct
from collections.abc import Iterable

from litedenoise_sdk.imageio.jpeg.segments import EXTENDED_XMP, MAX_PAYLOAD, XMP_HEADER

_NAMED = re.compile(rb"""\s[\w-]+:HasExtendedXMP\s*=\s*["']([0-9A-Fa-f]{32})["']""")
_AS_ELEMENT = re.compile(rb"<([\w-]+:HasExtendedXMP)\s*>\s*([0-9A-Fa-f]{32})\s*</\1\s*>", re.DOTALL)
_START = re.compile(rb"<rdf:RDF(?:\s++xmlns:rdf\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'))?\s*+>")
_END = re.compile(rb"</rdf:RDF\s*+>")
_WRAPPER = re.compile(rb"<\?xpacket[^<>]*+>")
_MAIN = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    b'xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmpNote:HasExtendedXMP="%b"/></rdf:RDF>'
    b"</x:xmpmeta>"
)


def payloads(xmp: bytes) -> list[bytes]:
    """Payloads of the APP1 segments that hold a packet: one, or if it is too long, more.

    The first one of several only names the packet that the others hold.
    """
    if len(XMP_HEADER) + len(xmp) <= MAX_PAYLOAD:
        return [XMP_HEADER + xmp]
    packet = _WRAPPER.sub(b"", xmp).strip()
    digest = hashlib.md5(packet, usedforsecurity=False).hexdigest().upper().encode()
    head = EXTENDED_XMP + digest + struct.pack(">I", len(packet))
    room = MAX_PAYLOAD - len(head) - 4
    return [XMP_HEADER + _MAIN % digest] + [
        head + struct.pack(">I", at) + packet[at : at + room] for at in range(0, len(packet), room)
    ]


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
    packet = _assembled(digest, payloads)
    start, last = _START.search(packet), packet.rfind(b"</rdf:RDF")
    end = _END.search(xmp)
    if start is None or last < start.end() or end is None:
        return xmp, False
    return xmp[: end.start()] + packet[start.end() : last] + xmp[end.start() :], True


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
