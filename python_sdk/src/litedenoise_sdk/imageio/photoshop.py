"""Photoshop's image resources, in which JPEG keeps captions (Adobe, Photoshop File Formats, 2019).

Captions and keywords (IPTC-IIM) are one of the resources; links, paths, copyright flags and guides
are others. Formats other than JPEG keep the captions apart.
"""

import struct
from collections.abc import Iterable, Iterator

from litedenoise_sdk.imageio.jpeg.segments import MAX_PAYLOAD, PHOTOSHOP_HEADER
from litedenoise_sdk.imageio.limits import MAX_RESOURCES, check_budget

_MARK, _IPTC = b"8BIM", 0x0404
_PREVIEWS = frozenset({0x0409, 0x040C})
"""Thumbnails, which show the noisy picture."""


def from_segments(payloads: Iterable[bytes]) -> bytes:
    """The resources of a JPEG file's APP13 segments, which may be continued in the next."""
    return b"".join(
        payload[len(PHOTOSHOP_HEADER) :]
        for payload in payloads
        if payload.startswith(PHOTOSHOP_HEADER)
    )


def is_segment(name: str, payload: bytes) -> bool:
    """Whether a JPEG segment holds resources."""
    return name == "APP13" and payload.startswith(PHOTOSHOP_HEADER)


def to_segments(resources: bytes) -> Iterator[bytes]:
    """Payloads of APP13 segments that hold these resources."""
    room = MAX_PAYLOAD - len(PHOTOSHOP_HEADER)
    for at in range(0, len(resources), room):
        yield PHOTOSHOP_HEADER + resources[at : at + room]


def are_resources(data: bytes) -> bool:
    """Whether these are resources, and not the records of captions alone."""
    return data.startswith(_MARK)


def captions(resources: bytes) -> bytes | None:
    """The IPTC records among them."""
    return next((content for kind, content, _ in _each(resources) if kind == _IPTC), None) or None


def others(resources: bytes) -> bytes | None:
    """All but captions and previews."""
    return _without(resources, _PREVIEWS | {_IPTC}) or None


def without_previews(resources: bytes) -> bytes:
    """All but previews; the same bytes where there are none."""
    return _without(resources, _PREVIEWS)


def joined(records: bytes | None, resources: bytes | None) -> bytes:
    """Resources with these IPTC records in front."""
    if not records:
        return resources or b""
    head = _MARK + struct.pack(">HxxI", _IPTC, len(records))
    return head + records + b"\0" * (len(records) % 2) + (resources or b"")


def _without(resources: bytes, kinds: frozenset[int]) -> bytes:
    kept, end = [], 0
    for kind, _, stop in _each(resources):
        if kind not in kinds:
            kept.append(resources[end:stop])
        end = stop
    return b"".join((*kept, resources[end:]))


def _each(resources: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Kind, content, and the offset behind it, as far as these can be told."""
    at = count = 0
    while resources.startswith(_MARK, at) and at + 12 <= len(resources):
        count += 1
        check_budget("Photoshop resources", count, MAX_RESOURCES)
        kind, name_length = struct.unpack_from(">HB", resources, at + 4)
        at += 6 + name_length + 1 + (name_length + 1) % 2
        length = int.from_bytes(resources[at : at + 4], "big")
        content = resources[at + 4 : at + 4 + length]
        at += 4 + length + length % 2
        yield kind, content, at
