"""The schedule: in whatever order tiles are taken, each finds its rows, and rings are short.

Tiles are played through with row numbers in place of pixels.
"""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litedenoise_sdk.geometry import ceil_to
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.runtime.cpu.axis import PICTURE
from litedenoise_sdk.runtime.cpu.columns import Columns, cut_columns
from litedenoise_sdk.runtime.cpu.nodes import Network
from litedenoise_sdk.runtime.cpu.schedule import Pace, Schedule, schedule
from litedenoise_sdk.runtime.cpu.work import StripWork, Tile

NODES = Network.of(load_released("int8").graph).nodes
MARGIN_PX = 16

PACES = st.builds(Pace, st.sampled_from([16, 32, 48, 96, 208]), st.booleans())
HEIGHTS, FEW_ROWS, FEW_COLUMNS = st.integers(1, 900), st.integers(1, 400), st.integers(1, 130)


def padded(length: int) -> int:
    return ceil_to(length + 2 * MARGIN_PX, 16)


def scheduled(height: int, pace: Pace) -> Schedule:
    return schedule(NODES, padded(height), (MARGIN_PX, MARGIN_PX + height), pace)


def cut(width: int, kept: tuple[int, int], longest: int) -> Columns:
    side = padded(width)
    return cut_columns(NODES, side, [kept], [side, *[longest] * (len(NODES) - 1)])[0]


class Rings:
    """What each ring holds: for every place of it, by column, the number of the row."""

    def __init__(self, plan: Schedule, columns: Columns, heights: list[int]) -> None:
        self._rooms = plan.ring_rows
        self._heights = heights
        self._firsts = [pieces[0].own_start for pieces in columns]
        self._lasts = [pieces[-1].own_stop for pieces in columns]
        self._rows: list[dict[tuple[int, int], int]] = [{} for _ in columns]
        self.most_px = [0] * len(columns)

    def write(self, node: int, rows: range, columns: range) -> None:
        for row in rows:
            for column in columns:
                self._rows[node][row % self._rooms[node], column] = row
        self.most_px[node] = max(self.most_px[node], len(self._rows[node]))

    def check(self, node: int, rows: tuple[int, int], columns: tuple[int, int]) -> None:
        """Asserts that everything inside the photo is there."""
        for row in range(max(rows[0], 0), min(rows[1], self._heights[node])):
            for column in {
                max(columns[0], self._firsts[node]),
                min(columns[1], self._lasts[node]) - 1,
            }:
                assert self._rows[node][row % self._rooms[node], column] == row


@settings(max_examples=40, deadline=None)
@given(FEW_ROWS, PACES, FEW_COLUMNS, st.integers(16, 90), st.randoms(use_true_random=False))
def test_any_order_that_workers_may_take_finds_its_rows(
    height: int, pace: Pace, width: int, longest: int, random: Random
) -> None:
    plan = scheduled(height, pace)
    columns = cut(width, (MARGIN_PX, MARGIN_PX + width), longest)
    rings = Rings(plan, columns, [padded(height) >> node.level for node in NODES])
    work = StripWork(plan, columns)
    running: list[Tile] = []
    given_px = 0

    def finish(tile: Tile) -> None:
        nonlocal given_px
        rows, piece = plan.bands[tile.node][tile.band], columns[tile.node][tile.column]
        for read in NODES[tile.node].reads:
            if read.node != PICTURE:
                rings.check(
                    read.node,
                    read.window.of(rows.start, rows.stop),
                    read.window.of(piece.start, piece.stop),
                )
        ends = range(piece.own_start, piece.own_stop)
        rings.write(tile.node, range(rows.own_start, rows.own_stop), ends)
        if tile.node == len(NODES) - 1:
            given_px += (rows.own_stop - rows.own_start) * len(ends)
        work.finish(tile)

    while True:
        # Three workers, of which any may be the next one to finish.
        while len(running) < 3 and (tile := work.take_ready()) is not None:
            running.append(tile)
        if not running:
            break
        finish(running.pop(random.randrange(len(running))))
    assert given_px == height * width


@settings(deadline=None)
@given(HEIGHTS, PACES)
def test_bands_keep_every_row_once(height: int, pace: Pace) -> None:
    plan = scheduled(height, pace)
    for node, bands in zip(NODES, plan.bands, strict=True):
        lengths = {band.stop - band.start for band in bands}
        assert len(lengths) == 1
        for band, after in pairwise(bands):
            assert band.own_stop == after.own_start
        side = padded(height) >> node.level
        for band in bands:
            assert band.start <= band.own_start < band.own_stop <= band.stop
            if node.overlap_px:
                assert band.start >= 0
                assert band.stop <= side
            assert band.start == 0 or band.own_start - band.start >= node.overlap_px
            assert band.stop == side or band.stop - band.own_stop >= node.overlap_px
    assert (plan.bands[-1][0].own_start, plan.bands[-1][-1].own_stop) == (16, 16 + height)


@settings(deadline=None)
@given(HEIGHTS, PACES)
def test_in_the_schedules_own_order_nothing_waits(height: int, pace: Pace) -> None:
    plan = scheduled(height, pace)
    order = sorted(
        (plan.due(node, band), node, band)
        for node, bands in enumerate(plan.bands)
        for band in range(len(bands))
    )
    done = [0] * len(NODES)
    for _, node, band in order:
        assert done[node] == band
        assert all(done[wait.node] >= wait.bands for wait in plan.waits(node, band))
        done[node] += 1
    assert done == [len(bands) for bands in plan.bands]


@settings(deadline=None)
@given(st.integers(1, 20_000), st.sampled_from([16, 32, 64, 128]))
def test_rings_do_not_grow_with_the_photo(height: int, rows_px: int) -> None:
    plan = scheduled(height, Pace(rows_px, early=False))
    for node, ring_rows in zip(NODES[:-1], plan.ring_rows, strict=False):
        # A skip waits for the deepest stage and back: twice its reach, which is 139 pixels, less
        # what a stage has ahead of it anyway; and for two bands, as workers may be one ahead, each
        # of which may be two steps long.
        assert ring_rows << node.level <= 160 + 2 * 2 * rows_px


@pytest.mark.parametrize("kept", [(16, 64), (64, 128), (16, 300)])
def test_columns_cover_what_others_read(kept: tuple[int, int]) -> None:
    columns = cut(284, kept, 60)
    assert (columns[-1][0].own_start, columns[-1][-1].own_stop) == kept
    for reader, node in enumerate(NODES):
        for read in node.reads:
            side = padded(284) >> NODES[read.node].level
            for piece in columns[reader]:
                first, stop = read.window.of(piece.start, piece.stop)
                assert columns[read.node][0].own_start <= max(first, 0)
                assert columns[read.node][-1].own_stop >= min(stop, side)
