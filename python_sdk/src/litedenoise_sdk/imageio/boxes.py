"""The boxes of which HEIC, AVIF, JPEG 2000, JPEG XL and CR3 files are made (ISO 14496-12, 4.2)."""

import struct
from collections.abc import Iterator

_MOST = 20_000


def boxes(data: bytes, at: int = 0) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of the boxes that follow each other, as far as they make sense.

    A length of 0, of the last box, is that of the rest.
    """
    for _ in range(_MOST):
        if at + 8 > len(data):
            return
        length, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if length == 0:
            length = len(data) - at
        elif length == 1 and at + 16 <= len(data):
            (length,) = struct.unpack_from(">Q", data, at + 8)
            head = 16
        if length < head:
            return
        yield kind, data[at + head : at + length]
        at += length


def box(kind: bytes, content: bytes) -> bytes:
    """A box to write, of less than 4 GB."""
    return struct.pack(">I4s", 8 + len(content), kind) + content
