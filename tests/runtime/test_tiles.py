"""Tiles: every pixel kept once, each with what it needs around it."""

from typing import NamedTuple

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from litedenoise_sdk.geometry import Box, Size
from litedenoise_sdk.runtime.tiles import fit_tiles


class Case(NamedTuple):
    level: int
    whole: Size
    region: Box


@st.composite
def cases(draw: st.DrawFn) -> Case:
    level = draw(st.integers(0, 2))
    height, width = (16 * draw(st.integers(1, 100)) >> level for _ in range(2))
    top, left = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
    bottom, right = draw(st.integers(top + 1, height)), draw(st.integers(left + 1, width))
    return Case(level, Size(height, width), Box(top, left, bottom, right))


@given(cases(), st.integers(0, 7))
def test_tiles_keep_every_pixel_once_with_enough_around_it(case: Case, reach: int) -> None:
    tiling = fit_tiles(case.whole, {case.region: 1}, reach, case.level)
    kept = np.zeros((case.whole.height, case.whole.width), np.uint8)
    for tile in tiling.cover(case.region):
        assert tile.computed.size == tiling.size
        kept[tile.own.slices] += 1
        for start, own_start, own_stop, stop, side in (
            (tile.computed.top, tile.own.top, tile.own.bottom, tile.computed.bottom,
             case.whole.height),
            (tile.computed.left, tile.own.left, tile.own.right, tile.computed.right,
             case.whole.width),
        ):  # fmt: skip
            assert 0 <= start <= own_start < own_stop <= stop <= side
            assert start % 2 == 0
            assert start == 0 or own_start - start >= reach
            assert stop == side or stop - own_stop >= reach
    assert kept[case.region.slices].min() == 1
    assert kept.max() == 1
    assert kept.sum() <= (case.region.size.height + 2) * (case.region.size.width + 2)


@given(cases(), st.integers(0, 7))
def test_what_lies_below_covers_what_tiles_look_at(case: Case, reach: int) -> None:
    tiling = fit_tiles(case.whole, {case.region: 1}, reach, case.level)
    below = tiling.below(case.region)
    assert 2 * below.top <= max(case.region.top - reach, 0)
    assert 2 * below.left <= max(case.region.left - reach, 0)
    assert 2 * below.bottom >= min(case.region.bottom + reach, case.whole.height)
    assert 2 * below.right >= min(case.region.right + reach, case.whole.width)
    assert below.doubled.size.height <= case.whole.height


@given(cases(), st.integers(0, 7))
def test_what_tiles_see_and_give_is_what_they_do_together(case: Case, reach: int) -> None:
    tiling = fit_tiles(case.whole, {case.region: 1}, reach, case.level)
    tiles = tiling.cover(case.region)
    for together, boxes in (
        (tiling.seen(case.region), [tile.computed for tile in tiles]),
        (tiling.given(case.region), [tile.own for tile in tiles]),
    ):
        assert together == Box(
            min(box.top for box in boxes),
            min(box.left for box in boxes),
            max(box.bottom for box in boxes),
            max(box.right for box in boxes),
        )


def test_tiles_suit_what_is_covered_most_often() -> None:
    whole = Size(1600, 1600)
    often, once = Box(0, 0, 96, 96), Box(0, 0, 112, 112)
    small = fit_tiles(whole, {often: 50, once: 1}, 0, 0)
    large = fit_tiles(whole, {often: 1, once: 50}, 0, 0)
    assert (small.size, large.size) == (Size(96, 96), Size(112, 112))


def test_tiles_suit_what_is_asked_for() -> None:
    whole = Size(800, 800)
    region = Box(0, 0, 400, 640)
    tiling = fit_tiles(whole, {region: 1}, 4, 0)
    tiles = tiling.cover(region)
    assert len(tiles) * tiling.size.area < 1.4 * region.size.area
    assert tiling.size.height % 16 == tiling.size.width % 16 == 0
    assert tiling.size.width <= 128
