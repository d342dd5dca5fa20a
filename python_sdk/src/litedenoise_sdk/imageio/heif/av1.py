"""How large the AV1 streams of an AVIF file are, which decoders decode whole whatever it states."""

import struct
from collections.abc import Iterator
from contextlib import suppress

from litedenoise_sdk.errors import UnreadableImage
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio.boxes import boxes
from litedenoise_sdk.imageio.heif.container import Item, read_container
from litedenoise_sdk.imageio.limits import MAX_AV1_UNITS, check_budget, check_size

_SEQUENCE_HEADER = 1
_MARGIN_PX = 64
"""Encoders in hardware fill up their blocks."""
_LONGEST_HEADER = 512
"""Bytes of a sequence header up to its sizes, with all 32 operating points."""
Stream = bytes | memoryview
_TO_SAMPLES = (b"moov", b"trak", b"mdia", b"minf", b"stbl")


def check_streams(data: bytes, size: Size, max_pixels: int) -> None:
    """Refuse files with a stream that is larger than accepted, or than the file says.

    Args:
        data: the whole file.
        size: of the picture, as the file states it.
        max_pixels: of a stream, as of the picture.

    Raises:
        ImageTooLarge: more than ``max_pixels``.
        UnreadableImage: more than is stated.
    """
    units = 0
    for stream, stated in (*_pictures(data), *((sample, size) for sample in _samples(data))):
        for kind, content in _units(stream):
            units += 1
            check_budget("units of AV1", units, MAX_AV1_UNITS)
            if kind == _SEQUENCE_HEADER:
                _check(_Bits(content).frame_size(), stated, max_pixels)


def _check(coded: Size, stated: Size, max_pixels: int) -> None:
    check_size(coded, max_pixels)
    if coded.height > stated.height + _MARGIN_PX or coded.width > stated.width + _MARGIN_PX:
        raise UnreadableImage(
            f"the AVIF file says that a picture is {stated} pixels, and holds one of {coded}; get "
            "it again from its source"
        )


def _pictures(data: bytes) -> Iterator[tuple[bytes, Size]]:
    """Items that are a picture or a tile of one, with the sizes that the file states."""
    items: list[Item] = []
    with suppress(ValueError, LookupError, struct.error):  # a decoder may make more of it
        items = [item for item in read_container(data).items.values() if item.kind == b"av01"]
    for item in items:
        stated = item.property_of(b"ispe") or b""
        if len(stated) >= 12:
            width, height = struct.unpack_from(">II", stated, 4)
            yield item.data, Size(height, width)


def _samples(data: bytes) -> Iterator[Stream]:
    """The first frame of each track of a sequence (ISO 14496-12, 8.7)."""
    for tables in _tables(data, _TO_SAMPLES):
        sizes, places = tables.get(b"stsz", b""), tables.get(b"stco") or tables.get(b"co64") or b""
        width = 4 if b"stco" in tables else 8
        if len(sizes) >= 12 and len(places) >= 8 + width:
            length = int.from_bytes(sizes[4:8], "big") or int.from_bytes(sizes[12:16], "big")
            start = int.from_bytes(places[8 : 8 + width], "big")
            yield memoryview(data)[start : start + length]


def _tables(content: bytes, path: tuple[bytes, ...]) -> Iterator[dict[bytes, bytes]]:
    if not path:
        yield dict(boxes(content))
        return
    for kind, inner in boxes(content):
        if kind == path[0]:
            yield from _tables(inner, path[1:])


def _units(stream: Stream) -> Iterator[tuple[int, Stream]]:
    """Kinds and beginnings of a stream's units (AV1 specification, 5.3)."""
    at = 0
    while at < len(stream):
        head = stream[at]
        at += 2 if head & 4 else 1
        length = len(stream) - at
        if head & 2:
            length, at = _leb128(stream, at)
        yield head >> 3 & 15, stream[at : at + min(length, _LONGEST_HEADER)]
        at += length


def _leb128(data: Stream, at: int) -> tuple[int, int]:
    """A number, and where it ends (4.10.5)."""
    value = 0
    for place, byte in enumerate(data[at : at + 8]):
        value |= (byte & 127) << 7 * place
        if not byte & 128:
            return value, at + place + 1
    return 0, len(data)


class _Bits:
    """A sequence header, read bit by bit; behind its end there are zeros."""

    def __init__(self, data: Stream) -> None:
        self._number, self._left = int.from_bytes(data, "big"), 8 * len(data)

    def __call__(self, count: int) -> int:
        self._left -= count
        shifted = self._number >> self._left if self._left >= 0 else 0
        return shifted & (1 << count) - 1

    def frame_size(self) -> Size:
        """The largest frame of the sequence (5.5.1)."""
        self(4)  # profile, and whether it is a still picture
        if self(1):  # reduced header
            self(5)
        else:
            self._operating_points(*self._timing())
        across, down = 1 + self(4), 1 + self(4)
        width, height = 1 + self(across), 1 + self(down)
        return Size(height, width)

    def _timing(self) -> tuple[bool, int]:
        """Whether there is a decoder model, and how many bits its delays have (5.5.3, 5.5.4)."""
        if not self(1):
            return False, 0
        self(64)
        if self(1):
            zeros = 0
            while zeros < 32 and not self(1):
                zeros += 1
            self(zeros)
        if not self(1):
            return False, 0
        bits = 1 + self(5)
        self(42)
        return True, bits

    def _operating_points(self, has_model: bool, bits: int) -> None:
        has_delay = self(1)
        for _ in range(1 + self(5)):
            self(12)
            if self(5) > 7:
                self(1)
            if has_model and self(1):
                self(2 * bits + 1)
            if has_delay and self(1):
                self(4)
