"""The forecast of memory: what it is made of, and that it grows with the right things."""

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.memory import _TILE_SHARES, MemoryCost, memory_cost
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.options import Precision
from litedenoise_sdk.runtime.tiles import TILES_IN_FLIGHT


def cost(precision: Precision, item_bytes: int = 1) -> MemoryCost:
    model = load_released(precision)
    return memory_cost(model.graph, len(model.content), item_bytes)


def test_convolution_pointers_are_counted_below_a_quarter_and_in_tiles() -> None:
    # Seven 3x3 convolutions at full resolution, six at each half, three at a sixteenth.
    by_level = [9 * 8 * count / 4**level for level, count in enumerate((7, 6, 6, 6, 3))]
    tables = sum(by_level[3:])
    tables += TILES_IN_FLIGHT * sum(
        share * level for share, level in zip(_TILE_SHARES, by_level, strict=False)
    )
    assert tables < cost("int8").bytes_per_px < tables + 130
    assert tables < cost("fp32").bytes_per_px < tables + 400


def test_fp32_costs_more_than_int8_and_deep_photos_more_than_8_bit() -> None:
    assert cost("fp32").bytes_per_px > cost("int8").bytes_per_px
    assert cost("fp32").fixed_bytes > cost("int8").fixed_bytes
    assert cost("int8", item_bytes=4).bytes_per_px > cost("int8").bytes_per_px


def test_adds_up() -> None:
    assert MemoryCost(1000, 2.5).of(Size(10, 20)) == 1500
