"""What a staged network computes and holds at each of its finest resolutions."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from litedenoise_sdk.geometry import Box, Size
from litedenoise_sdk.model.stages import Stages
from litedenoise_sdk.runtime.tiles import Tiling, fit_tiles


@dataclass(frozen=True, slots=True)
class Levels:
    """Tiles of heads and tails, by level, full resolution first.

    Attributes:
        down: of the heads, which cover the whole block.
        up: of the tails, which cover what is needed of it.
    """

    down: tuple[Tiling, ...]
    up: tuple[Tiling, ...]

    @classmethod
    def fit(cls, stages: Stages, block: Size, kept: Iterable[Box] | Mapping[Box, int]) -> "Levels":
        """Tiles that suit the parts of blocks that will be asked for, and how often."""
        down, up = [], []
        regions = Counter(kept)
        for level, (head, tail) in enumerate(zip(stages.heads, stages.tails, strict=True)):
            whole = at_level(block, level)
            down.append(fit_tiles(whole, {Box.of(whole): 1}, head.reach_px, level))
            up.append(fit_tiles(whole, regions, tail.reach_px, level))
            below: Counter[Box] = Counter()
            for region, times in regions.items():
                below[up[-1].below(region)] += times
            regions = below
        return cls(tuple(down), tuple(up))

    def regions(self, kept: Box) -> list[Box]:
        """What the tails of each level have to give for a part of a block."""
        regions = [kept]
        for tiling in self.up[:-1]:
            regions.append(tiling.below(regions[-1]))
        return regions

    def held(self, kept: Box) -> list[Box]:
        """What is held between the tails, of each level's result but the first's."""
        regions = self.regions(kept)
        return [
            _around(above.seen(region).halved, tiling.given(below))
            for above, region, tiling, below in zip(
                self.up, regions, self.up[1:], regions[1:], strict=False
            )
        ]

    def most_held(self, kept: Iterable[Box]) -> list[Size]:
        """Memory for ``held`` that is large enough for each of these parts."""
        return [
            Size(max(box.size.height for box in boxes), max(box.size.width for box in boxes))
            for boxes in zip(*(self.held(part) for part in set(kept)), strict=True)
        ]


def at_level(block: Size, level: int) -> Size:
    """The block after so many halvings."""
    return Size(block.height >> level, block.width >> level)


def _around(first: Box, second: Box) -> Box:
    return Box(
        min(first.top, second.top),
        min(first.left, second.left),
        max(first.bottom, second.bottom),
        max(first.right, second.right),
    )
