"""What a staged network holds between its tails, and that nothing it touches lies outside."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from litedenoise_sdk.geometry import Box, Size
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.model.stages import find_stages
from litedenoise_sdk.options import Precision
from litedenoise_sdk.runtime.levels import Levels
from litedenoise_sdk.runtime.litert_cpu import LiteRtCpuRuntime

STAGES = find_stages(load_released("int8").graph)
BLOCK = Size(240, 304)


@st.composite
def parts(draw: st.DrawFn) -> Box:
    top, left = draw(st.integers(0, 239)), draw(st.integers(0, 303))
    return Box(top, left, draw(st.integers(top + 1, 240)), draw(st.integers(left + 1, 304)))


def is_within(inner: Box, outer: Box) -> bool:
    return (
        outer.top <= inner.top
        and outer.left <= inner.left
        and inner.bottom <= outer.bottom
        and inner.right <= outer.right
    )


@given(st.lists(parts(), min_size=1, max_size=3))
def test_whatever_tails_read_and_write_is_held(kept: list[Box]) -> None:
    levels = Levels.fit(STAGES, BLOCK, kept)
    for part in kept:
        regions, held = levels.regions(part), levels.held(part)
        assert len(regions) == len(levels.up) == len(held) + 1
        for level, box in enumerate(held):
            above = levels.up[level].cover(regions[level])
            below = levels.up[level + 1].cover(regions[level + 1])
            assert all(is_within(tile.computed.halved, box) for tile in above)
            assert all(is_within(tile.own, box) for tile in below)
            assert is_within(regions[level + 1], box)
            room = levels.most_held(kept)[level]
            assert box.size.height <= room.height
            assert box.size.width <= room.width


def test_a_small_part_holds_little() -> None:
    part = Box(96, 96, 144, 160)
    held = Levels.fit(STAGES, BLOCK, [part]).held(part)
    assert all(4 ** (level + 1) * box.size.area < BLOCK.area / 2 for level, box in enumerate(held))


@pytest.mark.parametrize("precision", ["fp32", "int8"])
def test_parts_that_were_not_announced_come_out_as_well(precision: Precision) -> None:
    block = Size(112, 144)
    picture = np.random.default_rng(1).integers(0, 256, (112, 144, 3), np.uint8)
    announced, other = Box(48, 48, 64, 80), Box(3, 17, 112, 120)
    model = load_released(precision)
    whole = LiteRtCpuRuntime(model, block, 1, "cpu", "asked for").run(picture)
    runtime = LiteRtCpuRuntime(model, block, 1, "cpu", "asked for", [announced])
    for part in (announced, other, announced):
        found = runtime.run(picture, part)
        np.testing.assert_array_equal(found[part.slices], whole[part.slices])
