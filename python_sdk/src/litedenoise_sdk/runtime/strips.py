"""Strips across a block, for the parts of the network that need little context."""

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from litedenoise_sdk.geometry import Size, ceil_to

STRIPS = 12
"""A block is cut into about so many. More take less memory and repeat more rows."""

_SHORTEST_PX = 48
_MULTIPLE_PX = 16


@dataclass(frozen=True, slots=True)
class Strip:
    """Rows (or columns) of a block; ends excluded.

    Attributes:
        start: first row that is computed.
        own_start, own_stop: rows that are kept.
    """

    start: int
    own_start: int
    own_stop: int


@dataclass(frozen=True, slots=True)
class Strips:
    """A block cut across its longer side.

    Its methods take views of arrays (H, W, C) over the block or over a strip. Those over the block
    may be finer or coarser than the block by a factor of two.

    Attributes:
        axis: 0 where strips are rows, 1 where they are columns.
        size: height and width of every strip.
        strips: from the start of the axis to its end; together they keep every row once.
    """

    axis: int
    size: Size
    strips: tuple[Strip, ...]

    def computed(self, array: NDArray[Any], strip: Strip) -> NDArray[Any]:
        """What a strip computes, out of the block."""
        side = self.size.height if self.axis == 0 else self.size.width
        length, own_length = array.shape[self.axis], self.strips[-1].own_stop
        start, stop = strip.start, strip.start + side
        return self._along(array, start * length // own_length, stop * length // own_length)

    def owned(self, array: NDArray[Any], strip: Strip) -> NDArray[Any]:
        """What a strip gives, in the block."""
        return self._along(array, strip.own_start, strip.own_stop)

    def kept(self, array: NDArray[Any], strip: Strip) -> NDArray[Any]:
        """What a strip gives, in the strip itself."""
        return self._along(array, strip.own_start - strip.start, strip.own_stop - strip.start)

    def _along(self, array: NDArray[Any], start: int, stop: int) -> NDArray[Any]:
        return array[start:stop] if self.axis == 0 else array[:, start:stop]


def cut_block(block: Size, reach_px: int) -> Strips:
    """Strips of a block for operators that look ``reach_px`` beyond what they compute.

    Strips start on even rows, so that they also are strips of tensors at half the resolution. One
    that ends with the block sees the same border as the block itself.
    """
    axis = 0 if block.height >= block.width else 1
    length, across = max(block.height, block.width), min(block.height, block.width)
    strip = min(length, max(_SHORTEST_PX, ceil_to(-(-length // STRIPS), _MULTIPLE_PX)))
    halo = ceil_to(reach_px, 2)
    strips, own_start = [], 0
    while own_start < length:
        start = min(max(own_start - halo, 0), length - strip)
        own_stop = length if start + strip == length else start + strip - halo
        strips.append(Strip(start, own_start, own_stop))
        own_start = own_stop
    size = Size(strip, across) if axis == 0 else Size(across, strip)
    return Strips(axis, size, tuple(strips))
