"""The two axes crossed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from litedenoise_sdk.errors import OptionsError
from litedenoise_sdk.geometry import Box, Size
from litedenoise_sdk.tiling import BlockPlan


@st.composite
def plans(draw: st.DrawFn) -> BlockPlan:
    halo = 16 * draw(st.integers(0, 4))
    side = st.integers(0, 11).map(lambda n: max(2 * halo - 32, halo + 16, 32) + 16 * n)
    length = st.integers(1, 400)
    return BlockPlan(Size(draw(length), draw(length)), Size(draw(side), draw(side)), halo)


@given(plans())
def test_every_pixel_is_owned_exactly_once(plan: BlockPlan) -> None:
    owners = np.zeros((plan.photo.height, plan.photo.width), int)
    for block in plan.blocks:
        owners[block.own.slices] += 1
    assert (owners == 1).all()


@given(plans())
def test_kept_is_own_seen_from_the_block(plan: BlockPlan) -> None:
    for block in plan.blocks:
        assert block.kept.size == block.own.size
        assert block.kept.top == block.own.top + plan.margin_px - block.read.top
        assert block.kept.top >= 0
        assert block.kept.left >= 0
        assert block.kept.bottom <= plan.block.height
        assert block.kept.right <= plan.block.width


@given(plans())
def test_the_grid_and_the_work_add_up(plan: BlockPlan) -> None:
    assert plan.grid.area == len(plan.blocks)
    assert plan.computed_px == sum(block.read.size.area for block in plan.blocks)
    assert plan.overhead * plan.photo.area == pytest.approx(plan.computed_px)
    assert plan.overhead >= 1


def test_one_block_covers_a_small_photo() -> None:
    plan = BlockPlan(Size(1, 7), Size(64, 48), halo_px=128)
    (block,) = plan.blocks
    assert plan.padded == Size(64, 48)
    assert block.read == Box(0, 0, 64, 48)
    assert block.own == Box(0, 0, 1, 7)
    assert block.kept == Box(16, 16, 17, 23)


def test_a_full_width_band_pays_no_halo_sideways() -> None:
    plan = BlockPlan(Size(400, 300), Size(208, 336), halo_px=80)
    assert plan.padded == Size(432, 336)
    assert plan.grid == Size(4, 1)
    assert {(block.own.left, block.own.right) for block in plan.blocks} == {(0, 300)}
    assert [block.read.top for block in plan.blocks] == [0, 96, 192, 224]
    assert [block.own.bottom for block in plan.blocks] == [128, 224, 320, 400]


def test_refuses_at_once_what_cannot_be_tiled() -> None:
    with pytest.raises(OptionsError, match="take at least 96"):
        BlockPlan(Size(1000, 1000), Size(80, 80), halo_px=64)
