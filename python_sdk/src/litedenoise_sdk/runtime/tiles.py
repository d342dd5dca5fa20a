"""Tiles of a block, for the parts of the network that need little context."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from litedenoise_sdk.geometry import Box, Size, ceil_to

TILES_IN_FLIGHT = 2
"""While the values of one tile are copied, another is inferred."""

PARTS = (14, 9, 5)
"""Tiles along each side of a block, full resolution first.

More take less memory, which buys larger blocks, and repeat more: of 140 choices these computed
least for photos of 8 and 24 megapixels in both precisions within the default budget.
"""

_SHORTEST_PX = 32

_Piece = tuple[int, int, int]
"""A tile along one axis: first pixel computed, first pixel kept, end of what is kept."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A part of a block.

    Attributes:
        computed: what goes in; starts on even rows and columns, so that it also is one of tensors
            at half the resolution.
        own: what is kept.
    """

    computed: Box
    own: Box

    @property
    def kept(self) -> Box:
        """``own`` seen from the tile's own corner."""
        return self.own.shifted(-self.computed.top, -self.computed.left)


@dataclass(frozen=True, slots=True)
class Tiling:
    """Tiles of one size over any region of a block.

    Attributes:
        whole: the block.
        size: of every tile.
        reach_px: how far the operators look beyond what they compute. A tile computes as much
            around what it keeps, except at the block's own border, which it sees as the block does.
    """

    whole: Size
    size: Size
    reach_px: int

    def cover(self, region: Box) -> tuple[Tile, ...]:
        """Tiles that together keep each pixel of ``given(region)`` once."""
        rows, columns = self._cuts(region)
        return tuple(
            Tile(
                Box(top, left, top + self.size.height, left + self.size.width),
                Box(own_top, own_left, own_bottom, own_right),
            )
            for top, own_top, own_bottom in rows
            for left, own_left, own_right in columns
        )

    def given(self, region: Box) -> Box:
        """What the tiles keep: the region with even ends."""
        return self._grown(region, 0)

    def seen(self, region: Box) -> Box:
        """What the tiles see together: more than they need, as they are of one size."""
        rows, columns = self._cuts(region)
        return Box(
            rows[0][0],
            columns[0][0],
            rows[-1][0] + self.size.height,
            columns[-1][0] + self.size.width,
        )

    def _cuts(self, region: Box) -> tuple[list[_Piece], list[_Piece]]:
        given = self.given(region)
        return (
            _cut((given.top, given.bottom), self.whole.height, self.size.height, self.reach_px),
            _cut((given.left, given.right), self.whole.width, self.size.width, self.reach_px),
        )

    def below(self, region: Box) -> Box:
        """What has to be known at half the resolution for ``region``."""
        return self._grown(region, self.reach_px).halved

    def _grown(self, region: Box, px: int) -> Box:
        """The region with ``px`` around it and even ends, inside the block."""
        return Box(
            max((region.top - px) // 2 * 2, 0),
            max((region.left - px) // 2 * 2, 0),
            min(ceil_to(region.bottom + px, 2), self.whole.height),
            min(ceil_to(region.right + px, 2), self.whole.width),
        )


def fit_tiles(whole: Size, regions: Mapping[Box, int], reach_px: int, level: int) -> Tiling:
    """The tiling that computes least.

    Args:
        whole: the block at this level, sides multiples of 16 at full resolution.
        regions: what it will have to cover, and how often.
        reach_px: how far the operators look beyond what they compute.
        level: how often the resolution was halved.
    """
    rows: Counter[tuple[int, int]] = Counter()
    columns: Counter[tuple[int, int]] = Counter()
    for region, times in regions.items():
        rows[region.top, region.bottom] += times
        columns[region.left, region.right] += times
    height = _fit(whole.height, frozenset(rows.items()), reach_px, level)
    width = _fit(whole.width, frozenset(columns.items()), reach_px, level)
    return Tiling(whole, Size(height, width), reach_px)


@lru_cache(maxsize=4096)
def _fit(
    side: int, spans: frozenset[tuple[tuple[int, int], int]], reach_px: int, level: int
) -> int:
    """The length of tiles along one axis; ``spans`` with how often each has to be covered.

    Remembered, because a plan tries many blocks, and they share their sides.
    """
    multiple_px = 16 >> level
    part = ceil_to(-(-side // PARTS[level]) + 2 * reach_px, multiple_px)
    longest = min(side, max(_SHORTEST_PX, part))
    shortest = min(side, max(_SHORTEST_PX, ceil_to(longest // 2, multiple_px)))

    def computed_px(length: int) -> int:
        tiles = sum(times * len(_cut(span, side, length, reach_px)) for span, times in spans)
        return tiles * length

    return min(range(longest, shortest - 1, -multiple_px), key=computed_px)


def _cut(span: tuple[int, int], side: int, tile: int, reach_px: int) -> list[_Piece]:
    """Tiles along one axis, in order."""
    pieces = []
    own_start, stop = span
    while own_start < stop:
        start = min(max((own_start - reach_px) // 2 * 2, 0), side - tile)
        own_stop = side if start + tile == side else start + tile - reach_px
        pieces.append((start, own_start, min(own_stop, stop)))
        own_start = own_stop
    return pieces
