"""Blocks: which ones a photo is cut into (integers) and how pixels get in and out (numpy)."""

from litedenoise_sdk.tiling.blend import blend
from litedenoise_sdk.tiling.choose import LinearCost, choose_block
from litedenoise_sdk.tiling.plan import Block, BlockPlan
from litedenoise_sdk.tiling.stitch import mirrored, read_block

__all__ = [
    "Block",
    "BlockPlan",
    "LinearCost",
    "blend",
    "choose_block",
    "mirrored",
    "read_block",
]
