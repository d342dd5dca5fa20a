"""The block that gets through a photo with the least work inside a memory budget."""

import math

from litedenoise_sdk.errors import OptionsError
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.tiling.axis import block_lengths, count_blocks


def choose_block(
    photo: Size, halo_px: int, bytes_per_px: float, budget_bytes: int, fixed_bytes: int = 0
) -> Size:
    """The block size that computes the fewest pixels, and among equals has the fewest blocks.

    Args:
        photo: size of the photo.
        halo_px: context around what a block keeps, a multiple of 16 (see ``BlockPlan``).
        bytes_per_px: peak memory for every pixel of a block.
        budget_bytes: memory that may be used.
        fixed_bytes: the part of the budget that is used whatever the block's size.

    Raises:
        OptionsError: not even the smallest block fits the budget; says which budget would do.
    """
    most_px = (budget_bytes - fixed_bytes) / bytes_per_px
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
    if not candidates:
        smallest = Size(heights[-1][0], widths[-1][0])
        needed_mb = math.ceil((fixed_bytes + smallest.area * bytes_per_px) / 1e6)
        raise OptionsError(
            f"a photo of {photo} pixels needs at least max_memory_mb={needed_mb} with a halo of "
            f"{halo_px} pixels; the budget is {budget_bytes // 1_000_000} MB. Allow more memory, "
            'or take precision="int8" or a quality with a smaller halo'
        )
    return min(candidates, key=lambda candidate: candidate[:2])[2]
