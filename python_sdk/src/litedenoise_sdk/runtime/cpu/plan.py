"""How a photo flows through the network within a memory budget, and what that costs."""

import math
from dataclasses import dataclass
from functools import cached_property

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.runtime.cpu.axis import PICTURE, Interval
from litedenoise_sdk.runtime.cpu.columns import Columns
from litedenoise_sdk.runtime.cpu.nodes import Network
from litedenoise_sdk.runtime.cpu.schedule import Schedule

_LARGE_PX, _MOST_WORK = 1_000_000, 1.12
"""The work factor that photos from this size on do not exceed to save memory or tiles."""

TILE_MACS = 10_000_000
"""The cost of handing a tile to LiteRT and back, in the network's own work; measured."""

BYTE_MACS = 10
"""The cost of touching memory for the first time, likewise."""


@dataclass(frozen=True)
class RowsPlan:
    """How a photo, or a part of it, is computed.

    Attributes:
        network: what is computed.
        padded: size of the padded photo.
        rows: what is kept of it.
        strips: the same for columns, from left to right. Each strip is computed from its top to
            its bottom before the next one.
        schedule: which rows are computed when.
        columns: how each strip is cut.
        fixed_bytes: memory that does not depend on any of this.
    """

    network: Network
    padded: Size
    rows: Interval
    strips: tuple[Interval, ...]
    schedule: Schedule
    columns: tuple[Columns, ...]
    fixed_bytes: int

    def reach(self, strip: int) -> int:
        """The first column of the padded photo that a strip reads."""
        return self.columns[strip][PICTURE].own[0]

    @cached_property
    def tiles(self) -> tuple[Size, ...]:
        """The size of each stage's tiles."""
        lengths = [bands.length_px for bands in self.schedule.bands]
        widths = [pieces.length_px for pieces in self.columns[0]]
        return tuple(Size(*sides) for sides in zip(lengths[1:], widths[1:], strict=True))

    @cached_property
    def rings(self) -> tuple[Size, ...]:
        """The size of each stage's ring; the result has none."""
        return tuple(
            Size(
                self.schedule.ring_rows[number],
                max(columns[number].own[1] - columns[number].own[0] for columns in self.columns),
            )
            for number in range(1, len(self.network.nodes) - 1)
        )

    @cached_property
    def tile_counts(self) -> tuple[int, ...]:
        """How many tiles of each stage are computed."""
        return tuple(
            len(self.schedule.bands[number]) * sum(len(columns[number]) for columns in self.columns)
            for number in range(1, len(self.network.nodes))
        )

    @property
    def block(self) -> Size:
        """The rows of the result that are computed together, across a strip."""
        pieces = self.schedule.bands[-1]
        height = max(piece.own_stop - piece.own_start for piece in pieces)
        return Size(height, self.strips[0][1] - self.strips[0][0])

    @property
    def grid(self) -> Size:
        """How many of these there are, down and across."""
        return Size(len(self.schedule.bands[-1]), len(self.strips))

    @property
    def peak_memory_bytes(self) -> int:
        """Peak resident memory beyond the photo and its result."""
        costs = self.network.costs
        tiles = sum(
            cost.tile_bytes * size.area for cost, size in zip(costs, self.tiles, strict=True)
        )
        rings = sum(
            cost.row_bytes * size.area for cost, size in zip(costs, self.rings, strict=False)
        )
        return math.ceil(self.fixed_bytes + tiles + rings)

    @property
    def macs(self) -> float:
        """Multiplications with accumulation, of all tiles."""
        parts = zip(self.network.costs, self.tiles, self.tile_counts, strict=True)
        return sum(cost.macs * size.area * count for cost, size, count in parts)

    @cached_property
    def time(self) -> float:
        """What it takes, in the network's own work; for large photos work beyond a bound counts
        a hundred times."""
        macs = self.macs
        if self._area >= _LARGE_PX:
            macs += 99 * max(macs - _MOST_WORK * self._least_macs, 0)
        touched_bytes = self.peak_memory_bytes - self.fixed_bytes
        return macs + TILE_MACS * sum(self.tile_counts) + BYTE_MACS * touched_bytes

    @property
    def work_factor(self) -> float:
        """The work done, as a multiple of what the network needs for the requested pixels."""
        return self.macs / self._least_macs

    @property
    def _area(self) -> int:
        return (self.rows[1] - self.rows[0]) * (self.strips[-1][1] - self.strips[0][0])

    @property
    def _least_macs(self) -> float:
        return self.network.macs_per_px * self._area
