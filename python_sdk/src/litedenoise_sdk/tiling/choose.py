"""The block that gets through a photo with the least work inside a memory budget."""

import math
from dataclasses import dataclass
from typing import Protocol

from litedenoise_sdk.errors import OptionsError
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.tiling.axis import block_lengths, count_blocks
from litedenoise_sdk.tiling.plan import BlockPlan


class Cost(Protocol):
    """Peak memory in bytes."""

    @property
    def fixed_bytes(self) -> int:
        """Whatever the size of a block."""

    @property
    def bytes_per_px(self) -> float:
        """For each pixel of a block, at least."""

    def of(self, plan: BlockPlan) -> int:
        """The whole; at least what the two above add up to."""


@dataclass(frozen=True, slots=True)
class LinearCost:
    """Memory that grows with the block's size alone."""

    fixed_bytes: int
    bytes_per_px: float

    def of(self, plan: BlockPlan) -> int:
        return math.ceil(self.fixed_bytes + plan.block.area * self.bytes_per_px)


def choose_block(photo: Size, halo_px: int, cost: Cost, budget_bytes: int) -> Size:
    """The block size that computes the fewest pixels, and among equals has the fewest blocks.

    Args:
        photo: size of the photo.
        halo_px: context around what a block keeps, a multiple of 16 (see ``BlockPlan``).
        cost: the memory that blocks need.
        budget_bytes: memory that may be used.

    Raises:
        OptionsError: not even the smallest block fits the budget; says which budget would do.
    """
    most_px = (budget_bytes - cost.fixed_bytes) / cost.bytes_per_px
    heights, widths = (
        [(block, count_blocks(side, block, halo_px)) for block in block_lengths(side, halo_px)]
        for side in (photo.height, photo.width)
    )
    candidates = [
        (rows * columns * height * width, rows * columns, Size(height, width))
        for height, rows in heights
        for width, columns in widths
        if height * width <= most_px
    ]
    for _, _, block in sorted(candidates, key=lambda candidate: candidate[:2]):
        if cost.of(BlockPlan(photo, block, halo_px)) <= budget_bytes:
            return block
    smallest = BlockPlan(photo, Size(heights[-1][0], widths[-1][0]), halo_px)
    raise OptionsError(
        f"a photo of {photo} pixels needs at least max_memory_mb="
        f"{math.ceil(cost.of(smallest) / 1e6)} with a halo of {halo_px} pixels; the budget is "
        f"{budget_bytes // 1_000_000} MB. Allow more memory, "
        'or take precision="int8"'
    )
