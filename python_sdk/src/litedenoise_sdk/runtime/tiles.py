"""Tiles of a block, for the parts of the network that need little context."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from litedenoise_sdk.geometry import Box, Size, ceil_to

TILES_IN_FLIGHT = 2
"""While the values of one tile are copied, another is inferred."""

PARTS = (10, 7, 5)
"""Tiles along each side of a block, full resolution first.

More take less memory, which buys larger blocks, and repeat more: of 112 choices these computed
least for photos of 8 and 24 megapixels in both precisions within the default budget.
"""

_SHORTEST_PX = 32


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
        """Tiles that together keep each pixel of ``region`` once."""
        region = self._grown(region, 0)
        rows = _cut((region.top, region.bottom), self.whole.height, self.size.height, self.reach_px)
        columns = _cut(
            (region.left, region.right), self.whole.width, self.size.width, self.reach_px
        )
        return tuple(
            Tile(
                Box(top, left, top + self.size.height, left + self.size.width),
                Box(own_top, own_left, own_bottom, own_right),
            )
            for top, own_top, own_bottom in rows
            for left, own_left, own_right in columns
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


def fit_tiles(whole: Size, regions: Collection[Box], reach_px: int, level: int) -> Tiling:
    """The tiling that computes least.

    Args:
        whole: the block at this level, sides multiples of 16 at full resolution.
        regions: what it will have to cover.
        reach_px: how far the operators look beyond what they compute.
        level: how often the resolution was halved.
    """
    multiple_px = 16 >> level

    def fit(side: int, spans: Counter[tuple[int, int]]) -> int:
        part = ceil_to(-(-side // PARTS[level]) + 2 * reach_px, multiple_px)
        longest = min(side, max(_SHORTEST_PX, part))
        shortest = min(side, max(_SHORTEST_PX, ceil_to(longest // 2, multiple_px)))

        def computed_px(length: int) -> int:
            tiles = sum(
                times * len(_cut(span, side, length, reach_px)) for span, times in spans.items()
            )
            return tiles * length

        return min(range(longest, shortest - 1, -multiple_px), key=computed_px)

    rows = Counter((region.top, region.bottom) for region in regions)
    columns = Counter((region.left, region.right) for region in regions)
    return Tiling(whole, Size(fit(whole.height, rows), fit(whole.width, columns)), reach_px)


def _cut(span: tuple[int, int], side: int, tile: int, reach_px: int) -> list[tuple[int, int, int]]:
    """Tiles along one axis: first pixel computed, first pixel kept, end of what is kept."""
    pieces = []
    own_start, stop = span
    while own_start < stop:
        start = min(max((own_start - reach_px) // 2 * 2, 0), side - tile)
        own_stop = side if start + tile == side else start + tile - reach_px
        pieces.append((start, own_start, min(own_stop, stop)))
        own_start = own_stop
    return pieces
