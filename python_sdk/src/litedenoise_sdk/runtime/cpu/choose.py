"""Chooses the plan for a photo: how many rows at a time, in how many strips, in what tiles."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from litedenoise_sdk.errors import OptionsError
from litedenoise_sdk.geometry import Size, ceil_to
from litedenoise_sdk.runtime.cpu.axis import Interval, Pieces, cut
from litedenoise_sdk.runtime.cpu.columns import cut_columns
from litedenoise_sdk.runtime.cpu.nodes import Network, StageCost
from litedenoise_sdk.runtime.cpu.plan import BYTE_MACS, TILE_MACS, RowsPlan
from litedenoise_sdk.runtime.cpu.schedule import Pace, Schedule, band_rows, schedule
from litedenoise_sdk.tiling.axis import MARGIN_PX, STRIDE_PX, padded_length

_ROWS_PX = (*range(16, 257, 16), 320, 384, 512, 1024)
_MOST_TILE_BYTES, _LEAST_TILE_BYTES = 20e6, 1e6
_TILE_STEP = 0.9
_NARROWEST_TILE_PX = 16
_NARROWEST_STRIP_PX = 256


def plan_photo(network: Network, photo: Size, fixed_bytes: int, budget_bytes: int) -> RowsPlan:
    """The plan that takes the least time within the budget.

    Raises:
        OptionsError: none fits; the message says which budget would.
    """
    padded = Size(padded_length(photo.height), padded_length(photo.width))
    rows = MARGIN_PX, MARGIN_PX + photo.height
    paces = _Paces(network, padded.height, rows)
    best: RowsPlan | None = None
    for columns in _strips((MARGIN_PX, MARGIN_PX + photo.width)):
        if best is not None and len(columns) > len(best.strips) + 1:
            break  # narrow strips repeat more than larger tiles save
        strips = _Strips.of(network, padded.width, columns)
        least = {rows_px: strips.least(network, paces.fewest(rows_px)) for rows_px in paces.heights}
        likeliest = min(least, key=least.__getitem__)  # first, as it rules out most others
        for rows_px in sorted(paces.heights, key=lambda rows_px: rows_px != likeliest):
            if best is not None and least[rows_px] >= best.time:
                continue
            drafts = [
                _Draft(network, padded, rows, strips, one, fixed_bytes)
                for one in paces.schedules(rows_px)
            ]
            if min(draft.held_bytes for draft in drafts) > budget_bytes:
                if rows_px == likeliest:
                    continue
                break  # more rows at a time take more
            for draft in drafts:
                if best is None or draft.least_time < best.time:
                    plan = draft.within(budget_bytes)
                    if plan is not None and (best is None or plan.time < best.time):
                        best = plan
    if best is not None:
        return best
    narrowest = _Draft(
        network, padded, rows, strips, paces.schedules(paces.heights[0])[0], fixed_bytes
    )
    least_bytes = narrowest.plan(_LEAST_TILE_BYTES).peak_memory_bytes
    raise OptionsError(
        f"a photo of {photo} pixels needs at least max_memory_mb={math.ceil(least_bytes / 1e6)}; "
        f"the budget is {budget_bytes // 1_000_000} MB. Allow more memory, "
        'or take precision="int8"'
    )


def plan_whole(network: Network, padded: Size) -> RowsPlan:
    """A plan for all of a picture that is padded already, whatever the memory."""
    rows = 0, padded.height
    paces = _Paces(network, padded.height, rows)
    strips = _Strips.of(network, padded.width, ((0, padded.width),))
    plans = [
        _Draft(network, padded, rows, strips, one, fixed_bytes=0).plan(_MOST_TILE_BYTES)
        for rows_px in paces.heights
        for one in paces.schedules(rows_px)
    ]
    return min(plans, key=lambda plan: plan.time)


class _Paces:
    """How many rows of a photo may be computed at a time.

    Attributes:
        heights: those worth considering, from few to many; they divide the padded photo evenly.
    """

    def __init__(self, network: Network, side_px: int, rows: Interval) -> None:
        """
        Args:
            side_px: height of the padded photo.
            rows: what is kept of it.
        """
        nodes = network.nodes
        counts = {-(-side_px // rows_px) for rows_px in _ROWS_PX}
        self.heights = sorted({ceil_to(-(-side_px // count), STRIDE_PX) for count in counts})
        self._nodes, self._side_px, self._rows = nodes, side_px, rows
        (self._whole,) = cut_columns(nodes, side_px, [rows], [side_px] * len(nodes))
        self.fewest = cache(self._fewest)
        self.schedules = cache(self._schedules)

    def _fewest(self, rows_px: int) -> tuple[Pieces, ...]:
        """The bands of each node if none had to wait for others."""
        return tuple(
            cut(node, one.own, self._side_px >> node.level, band_rows(node, rows_px))
            for node, one in zip(self._nodes, self._whole, strict=True)
        )

    def _schedules(self, rows_px: int) -> tuple[Schedule, ...]:
        """The ones with so many rows at a time, that which holds the fewest first."""
        late = schedule(self._nodes, self._side_px, self._rows, Pace(rows_px, early=False))
        fewest = self.fewest(rows_px)
        if all(len(bands) <= len(few) for bands, few in zip(late.bands, fewest, strict=True)):
            return (late,)
        return late, schedule(self._nodes, self._side_px, self._rows, Pace(rows_px, early=True))


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


@dataclass(frozen=True, slots=True)
class _Strips:
    """Strips of a photo, and what they take however they are cut into tiles.

    Attributes:
        columns: of each.
        computed_px: columns of each node, of all strips together.
        held_px: columns of each node, of the widest strip.
    """

    columns: tuple[Interval, ...]
    computed_px: tuple[int, ...]
    held_px: tuple[int, ...]

    @classmethod
    def of(cls, network: Network, side_px: int, columns: Sequence[Interval]) -> "_Strips":
        """
        Args:
            side_px: width of the padded photo.
        """
        nodes = network.nodes
        cuts = cut_columns(nodes, side_px, columns, [side_px] * len(nodes))
        by_node = list(zip(*cuts, strict=True))
        return cls(
            tuple(columns),
            tuple(sum(pieces.length_px for pieces in strips) for strips in by_node),
            tuple(max(pieces.own[1] - pieces.own[0] for pieces in strips) for strips in by_node),
        )

    def least(self, network: Network, bands: Sequence[Pieces]) -> float:
        """The least time of a plan with these bands or more."""
        rings = zip(network.costs, bands[1:-1], self.held_px[1:-1], strict=False)
        held_bytes = sum(
            cost.row_bytes * min(rows.own_px, rows.own[1] - rows.own[0]) * width
            for cost, rows, width in rings
        )
        return self.work(network, bands) + BYTE_MACS * held_bytes

    def work(self, network: Network, bands: Sequence[Pieces]) -> float:
        """The least time of a plan with these bands, beside what is held between stages."""
        time = 0.0
        for cost, rows, width in zip(network.costs, bands[1:], self.computed_px[1:], strict=True):
            area = rows.length_px * width
            handing, touching = TILE_MACS * rows.count, BYTE_MACS * cost.tile_bytes * area
            fewest = max(width / _longest_px(cost, rows, _MOST_TILE_BYTES), len(self.columns))
            # More are better only as long as less memory pays for them.
            tiles = max(math.ceil(fewest), math.sqrt(touching / handing))
            time += cost.macs * area * rows.count + handing * tiles + touching / tiles
        return time


def _longest_px(cost: StageCost, bands: Pieces, tile_bytes: float) -> int:
    """How wide tiles of these bands are that take so much memory."""
    return max(int(tile_bytes / (cost.tile_bytes * bands.length_px)), _NARROWEST_TILE_PX)


@dataclass(frozen=True)
class _Draft:
    """A plan whose tiles are still to be chosen; see there for the attributes."""

    network: Network
    padded: Size
    rows: Interval
    strips: _Strips
    schedule: Schedule
    fixed_bytes: int

    @cached_property
    def held_bytes(self) -> float:
        """What is held between stages, and whatever else does not depend on tiles."""
        areas = zip(self.schedule.ring_rows[1:-1], self.strips.held_px[1:-1], strict=True)
        parts = zip(self.network.costs, areas, strict=False)
        return self.fixed_bytes + sum(cost.row_bytes * rows * held for cost, (rows, held) in parts)

    @property
    def least_time(self) -> float:
        """Whatever its tiles."""
        work = self.strips.work(self.network, self.schedule.bands)
        return work + BYTE_MACS * (self.held_bytes - self.fixed_bytes)

    def within(self, budget_bytes: int) -> RowsPlan | None:
        """The plan with the widest tiles that fit the budget, if any do."""
        tile_bytes, plan = _MOST_TILE_BYTES, self.plan(_MOST_TILE_BYTES)
        while plan.peak_memory_bytes > budget_bytes:
            if tile_bytes == _LEAST_TILE_BYTES:
                return None
            of_tiles = plan.peak_memory_bytes - self.held_bytes
            share = min((budget_bytes - self.held_bytes) / of_tiles, _TILE_STEP)
            tile_bytes = max(tile_bytes * share, _LEAST_TILE_BYTES)
            plan = self.plan(tile_bytes)
        return plan

    def plan(self, tile_bytes: float) -> RowsPlan:
        """With tiles that take about this much each."""
        stages = zip(self.network.costs, self.schedule.bands[1:], strict=True)
        longest = [_longest_px(cost, bands, tile_bytes) for cost, bands in stages]
        width, strips = self.padded.width, self.strips.columns
        columns = cut_columns(self.network.nodes, width, strips, [width, *longest])
        return RowsPlan(
            self.network, self.padded, self.rows, strips, self.schedule, columns, self.fixed_bytes
        )
