"""Captions and keywords (IPTC-IIM), and Photoshop's resources, in which JPEG keeps them."""

import struct
from collections.abc import Iterable, Iterator

from litedenoise_sdk.imageio.jpeg.segments import MAX_PAYLOAD, PHOTOSHOP_HEADER

_RESOURCE, _IPTC = b"8BIM", 0x0404


def from_segments(payloads: Iterable[bytes]) -> bytes | None:
    """The IPTC records of a JPEG file's APP13 segments, which may be continued in the next."""
    resources = b"".join(
        payload[len(PHOTOSHOP_HEADER) :]
        for payload in payloads
        if payload.startswith(PHOTOSHOP_HEADER)
    )
    return from_resources(resources)


def from_resources(resources: bytes) -> bytes | None:
    """The IPTC records among Photoshop's resources (Adobe, Photoshop File Formats, 2019)."""
    at = 0
    while resources.startswith(_RESOURCE, at) and at + 12 <= len(resources):
        kind, name_length = struct.unpack_from(">HB", resources, at + 4)
        at += 6 + name_length + 1 + (name_length + 1) % 2
        length = int.from_bytes(resources[at : at + 4], "big")
        if kind == _IPTC:
            return resources[at + 4 : at + 4 + length] or None
        at += 4 + length + length % 2
    return None


def to_segments(records: bytes) -> Iterator[bytes]:
    """Payloads of APP13 segments that hold these IPTC records."""
    head = _RESOURCE + struct.pack(">HxxI", _IPTC, len(records))
    resources = head + records + b"\0" * (len(records) % 2)
    room = MAX_PAYLOAD - len(PHOTOSHOP_HEADER)
    for at in range(0, len(resources), room):
        yield PHOTOSHOP_HEADER + resources[at : at + room]
