"""The forecast of memory: what it is made of, and that it grows with the right things."""

import pytest

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.memory import StagedCost
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.options import Precision
from litedenoise_sdk.runtime.tiles import TILES_IN_FLIGHT
from litedenoise_sdk.tiling import BlockPlan, LinearCost

SMALL = BlockPlan(Size(900, 600), Size(480, 640), 144)


def cost(precision: Precision, item_bytes: int = 1, held_bytes: int = 0) -> StagedCost:
    model = load_released(precision)
    return StagedCost(model.graph, len(model.content), item_bytes, held_bytes)


def test_convolution_pointers_are_counted_below_a_quarter_and_in_tiles() -> None:
    # Seven 3x3 convolutions at full resolution, six at each half, three at a sixteenth.
    by_level = [9 * 8 * count / 4**level for level, count in enumerate((7, 6, 6, 6, 3))]
    below = sum(by_level[3:])
    assert below < cost("int8").bytes_per_px < below + 60
    in_tiles = TILES_IN_FLIGHT * 2 * 32 * 32 * sum(by_level[:3])
    forecast = cost("int8")
    blocks = forecast.fixed_bytes + SMALL.block.area * forecast.bytes_per_px
    assert forecast.of(SMALL) > blocks + in_tiles


@pytest.mark.parametrize("precision", ["fp32", "int8"])
def test_larger_blocks_cost_more_and_what_is_thrown_away_less(precision: Precision) -> None:
    forecast = cost(precision)
    assert forecast.of(BlockPlan(Size(900, 600), Size(640, 640), 144)) > forecast.of(SMALL)
    alone = BlockPlan(Size(448, 608), SMALL.block, 144)
    assert alone.blocks[0].kept.size == alone.photo
    assert forecast.of(alone) > forecast.of(SMALL)


def test_fp32_costs_more_than_int8_and_deep_photos_more_than_8_bit() -> None:
    assert cost("fp32").of(SMALL) > cost("int8").of(SMALL)
    assert cost("fp32").fixed_bytes > cost("int8").fixed_bytes
    more = 3 * 3 * 5 * SMALL.block.area
    assert more <= cost("int8", item_bytes=4).of(SMALL) - cost("int8").of(SMALL) < 1.1 * more


def test_what_is_held_beside_comes_on_top() -> None:
    assert cost("int8", held_bytes=1_000_000).of(SMALL) == 1_000_000 + cost("int8").of(SMALL)


def test_linear_costs_add_up() -> None:
    assert LinearCost(1000, 2.5).of(BlockPlan(Size(10, 20), Size(48, 64), 0)) == 1000 + 7680
