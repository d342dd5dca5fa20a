"""The choice of the block: inside the budget, and nothing inside the budget is less work."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litedenoise_sdk.errors import OptionsError
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.tiling import BlockPlan, LinearCost, choose_block

SIDES = st.integers(1, 700)
HALOS = st.integers(0, 4).map(lambda n: 16 * n)


@given(SIDES, SIDES, HALOS, st.integers(21_000, 400_000))
def test_no_other_block_within_the_budget_is_less_work(
    height: int, width: int, halo: int, budget_px: int
) -> None:
    photo = Size(height, width)
    chosen = BlockPlan(photo, choose_block(photo, halo, LinearCost(0, 1.0), budget_px), halo)
    assert chosen.block.area <= budget_px
    smallest = max(2 * halo - 32, halo + 16, 32)
    for block_height in range(smallest, 760, 112):
        for block_width in range(smallest, 760, 112):
            if block_height * block_width <= budget_px:
                other = BlockPlan(photo, Size(block_height, block_width), halo)
                assert chosen.computed_px <= other.computed_px


@given(SIDES, SIDES, HALOS.filter(lambda halo: halo >= 32))
def test_one_block_where_the_whole_photo_fits(height: int, width: int, halo: int) -> None:
    photo = Size(height, width)
    plan = BlockPlan(photo, choose_block(photo, halo, LinearCost(0, 1.0), 10**9), halo)
    assert len(plan.blocks) == 1
    assert plan.block == plan.padded


def test_fixed_memory_is_taken_off_the_budget() -> None:
    photo = Size(1000, 1000)
    with_fixed = choose_block(photo, 64, LinearCost(40_000_000, 100.0), 60_000_000)
    assert with_fixed == choose_block(photo, 64, LinearCost(0, 100.0), 20_000_000)
    assert with_fixed.area * 100 <= 20_000_000


def test_a_budget_too_small_names_the_one_that_would_do() -> None:
    photo = Size(3000, 2000)
    cost = LinearCost(45_000_000, 400.0)
    with pytest.raises(OptionsError, match="precision=") as failure:
        choose_block(photo, 128, cost, 50_000_000)
    named = re.search(r"max_memory_mb=(\d+)", str(failure.value))
    assert named is not None
    enough = int(named[1]) * 1_000_000
    assert choose_block(photo, 128, cost, enough) == Size(224, 224)
    with pytest.raises(OptionsError):
        choose_block(photo, 128, cost, enough - 1_000_000)


def test_considers_a_bounded_number_of_blocks_for_a_huge_photo() -> None:
    photo = Size(8660, 11547)
    block = choose_block(photo, 128, LinearCost(0, 400.0), 450_000_000)
    assert block.area * 400 <= 450_000_000
    assert BlockPlan(photo, block, 128).overhead < 1.8


def test_what_a_plan_costs_beyond_its_blocks_counts() -> None:
    class Rows:
        """Each row of blocks costs as much as a block's pixels."""

        fixed_bytes = 0
        bytes_per_px = 1.0

        def of(self, plan: BlockPlan) -> int:
            return plan.block.area * (1 + plan.grid.height)

    photo = Size(1200, 900)
    block = choose_block(photo, 64, Rows(), 600_000)
    plan = BlockPlan(photo, block, 64)
    assert Rows().of(plan) <= 600_000
    unaware = choose_block(photo, 64, LinearCost(0, 1.0), 600_000)
    assert Rows().of(BlockPlan(photo, unaware, 64)) > 600_000
