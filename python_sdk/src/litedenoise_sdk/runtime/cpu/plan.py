"""How a photo flows through the network within a memory budget, and what that costs."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from litedenoise_sdk.errors import OptionsError
from litedenoise_sdk.geometry import Size, ceil_to
from litedenoise_sdk.runtime.cpu.axis import PICTURE, Interval
from litedenoise_sdk.runtime.cpu.columns import Columns, cut_columns, fit_columns
from litedenoise_sdk.runtime.cpu.nodes import Network
from litedenoise_sdk.runtime.cpu.schedule import Pace, Schedule, schedule
from litedenoise_sdk.tiling.axis import MARGIN_PX, STRIDE_PX, padded_length

_ROWS_PX = (32, 48, 64, 80, 96, 112, 128, 160, 192, 256, 512, 1024)
_TILE_BYTES = (20_000_000, 12_000_000, 8_000_000, 4_000_000, 2_000_000, 1_000_000)
_NARROWEST_TILE_PX = 16
_NARROWEST_STRIP_PX = 256

_TILE_MACS = 10_000_000
"""The cost of handing a tile to LiteRT and back, in the network's own work; measured."""

_BYTE_MACS = 10
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
        own_px: how many columns tiles keep, for each node.
        fixed_bytes: memory that does not depend on any of this.
    """

    network: Network
    padded: Size
    rows: Interval
    strips: tuple[Interval, ...]
    schedule: Schedule
    own_px: tuple[int, ...]
    fixed_bytes: int

    @cached_property
    def columns(self) -> tuple[Columns, ...]:
        """How each strip is cut."""
        return tuple(
            cut_columns(self.network.nodes, self.padded.width, strip, self.own_px)
            for strip in self.strips
        )

    def reach(self, strip: int) -> int:
        """The first column of the padded photo that a strip reads."""
        return self.columns[strip][PICTURE][0].own_start

    @cached_property
    def tiles(self) -> tuple[Size, ...]:
        """The size of each stage's tiles."""
        lengths = [bands[0].stop - bands[0].start for bands in self.schedule.bands]
        widths = [pieces[0].stop - pieces[0].start for pieces in self.columns[0]]
        return tuple(Size(*sides) for sides in zip(lengths[1:], widths[1:], strict=True))

    @cached_property
    def rings(self) -> tuple[Size, ...]:
        """The size of each stage's ring; the result has none."""
        return tuple(
            Size(
                self.schedule.ring_rows[number],
                max(
                    columns[number][-1].own_stop - columns[number][0].own_start
                    for columns in self.columns
                ),
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

    @property
    def work_factor(self) -> float:
        """The work done, as a multiple of what the network needs for the requested pixels."""
        height = self.rows[1] - self.rows[0]
        width = self.strips[-1][1] - self.strips[0][0]
        return self.macs / (self.network.macs_per_px * height * width)


def plan_photo(
    network: Network,
    photo: Size,
    fixed_bytes: int,
    budget_bytes: int,
) -> RowsPlan:
    """The plan that takes the least time within the budget.

    Raises:
        OptionsError: none fits; the message says which budget would.
    """
    padded = Size(padded_length(photo.height), padded_length(photo.width))
    rows = MARGIN_PX, MARGIN_PX + photo.height
    schedules = _schedules(network, padded.height, rows)
    best: RowsPlan | None = None
    least_bytes = math.inf
    for strips in _strips((MARGIN_PX, MARGIN_PX + photo.width)):
        if best is not None and len(strips) > len(best.strips) + 1:
            break  # narrow strips repeat more than larger tiles save
        for one in schedules:
            held = fixed_bytes + _ring_bytes(network, one, strips[0][1] - strips[0][0])
            if held > max(budget_bytes, least_bytes if best is None else 0):
                continue
            for plan in _plans(network, padded, rows, strips, one, fixed_bytes):
                least_bytes = min(least_bytes, plan.peak_memory_bytes)
                if plan.peak_memory_bytes <= budget_bytes:
                    best = plan if best is None else min(best, plan, key=_time)
                    break
    if best is not None:
        return best
    raise OptionsError(
        f"a photo of {photo} pixels needs at least max_memory_mb={math.ceil(least_bytes / 1e6)}; "
        f"the budget is {budget_bytes // 1_000_000} MB. Allow more memory, "
        'or take precision="int8"'
    )


def plan_whole(network: Network, padded: Size) -> RowsPlan:
    """A plan for all of a picture that is padded already, whatever the memory."""
    rows, strips = (0, padded.height), ((0, padded.width),)
    plans = [
        next(_plans(network, padded, rows, strips, one, fixed_bytes=0))
        for one in _schedules(network, padded.height, rows)
    ]
    return min(plans, key=_time)


def _schedules(network: Network, side_px: int, rows: Interval) -> list[Schedule]:
    """Those worth considering: bands of about this many rows, without a short one at the end."""
    height = rows[1] - rows[0]
    counts = sorted({max(round(height / rows_px), 1) for rows_px in _ROWS_PX})
    paces = dict.fromkeys(
        Pace(ceil_to(-(-height // count), STRIDE_PX), early)
        for count in counts
        for early in (False, True)
    )
    return [schedule(network.nodes, side_px, rows, pace) for pace in paces]


def _ring_bytes(network: Network, schedule: Schedule, width: int) -> float:
    """The least that is held between stages for a strip of this width."""
    stages = zip(network.costs, network.nodes[1:], schedule.ring_rows[1:], strict=True)
    return sum(cost.row_bytes * rows * (width >> node.level) for cost, node, rows in stages)


def _strips(columns: Interval) -> Iterator[tuple[Interval, ...]]:
    """All the columns, then half of them at a time, then a third, ..."""
    first, stop = columns
    count, narrower = 0, stop - first + STRIDE_PX
    while count == 0 or narrower > _NARROWEST_STRIP_PX:
        count += 1
        width = ceil_to(-(-(stop - first) // count), STRIDE_PX)
        if width < narrower:
            narrower = width
            yield tuple((left, min(left + width, stop)) for left in range(first, stop, width))


def _plans(
    network: Network,
    padded: Size,
    rows: Interval,
    strips: tuple[Interval, ...],
    schedule: Schedule,
    fixed_bytes: int,
) -> Iterator[RowsPlan]:
    """With tiles from wide to narrow."""
    lengths = [bands[0].stop - bands[0].start for bands in schedule.bands[1:]]
    for tile_bytes in _TILE_BYTES:
        longest = [
            max(int(tile_bytes / (cost.tile_bytes * length)), _NARROWEST_TILE_PX)
            for cost, length in zip(network.costs, lengths, strict=True)
        ]
        middle = strips[len(strips) // 2]
        own_px = fit_columns(network.nodes, padded.width, middle, [padded.width, *longest])
        yield RowsPlan(network, padded, rows, strips, schedule, own_px, fixed_bytes)


def _time(plan: RowsPlan) -> float:
    """In the network's own work."""
    touched_bytes = plan.peak_memory_bytes - plan.fixed_bytes
    return plan.macs + _TILE_MACS * sum(plan.tile_counts) + _BYTE_MACS * touched_bytes
