"""Which blocks a photo is computed in: whole numbers only, no pixels."""

from dataclasses import dataclass
from functools import cached_property

from litedenoise_sdk.geometry import Box, Size
from litedenoise_sdk.tiling.axis import MARGIN_PX, padded_length, solve_axis


@dataclass(frozen=True, slots=True)
class Block:
    """One inference.

    Attributes:
        read: what the network sees, in padded coordinates; its origin lies on multiples of 16.
        own: what it contributes to the result, in photo coordinates; never empty.
    """

    read: Box
    own: Box

    @property
    def kept(self) -> Box:
        """``own`` seen from the block's own top left corner."""
        return self.own.shifted(MARGIN_PX - self.read.top, MARGIN_PX - self.read.left)


@dataclass(frozen=True)
class BlockPlan:
    """A photo cut into blocks of one size.

    Attributes:
        photo: size of the photo.
        block: size of every block.
        halo_px: context that every pixel has inside its block, unless the padded photo ends
            first; a multiple of 16. Blocks need 16 pixels less below and to the right of what they
            own, and 32 less above and to the left, as ``tiling.axis`` explains.

    Raises:
        OptionsError: photo, block and halo do not fit together.
    """

    photo: Size
    block: Size
    halo_px: int

    def __post_init__(self) -> None:
        _ = self.blocks

    @property
    def margin_px(self) -> int:
        """Mirrored pixels before the photo's first row and column."""
        return MARGIN_PX

    @property
    def padded(self) -> Size:
        """Size of the padded photo that whole-photo inference would run on."""
        return Size(
            padded_length(self.photo.height, self.block.height),
            padded_length(self.photo.width, self.block.width),
        )

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """All blocks, row by row from the top left; every photo pixel is owned exactly once."""
        rows = solve_axis(self.photo.height, self.block.height, self.halo_px)
        columns = solve_axis(self.photo.width, self.block.width, self.halo_px)
        return tuple(
            Block(
                read=Box(row.read_start, column.read_start, row.read_stop, column.read_stop),
                own=Box(row.own_start, column.own_start, row.own_stop, column.own_stop),
            )
            for row in rows
            for column in columns
        )

    @property
    def grid(self) -> Size:
        """Blocks down (height) and across (width)."""
        across = sum(block.own.top == 0 for block in self.blocks)
        return Size(len(self.blocks) // across, across)

    @property
    def computed_px(self) -> int:
        """Pixels the network computes in all blocks together."""
        return len(self.blocks) * self.block.area

    @property
    def overhead(self) -> float:
        """Pixels computed for each pixel of the photo, at least 1."""
        return self.computed_px / self.photo.area
