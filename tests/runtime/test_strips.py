"""Strips: every row kept once, each with the rows around it that it needs."""

from hypothesis import given
from hypothesis import strategies as st

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.memory import _STRIP_SHARE
from litedenoise_sdk.runtime.strips import cut_block

SIDES = st.integers(1, 200).map(lambda n: 16 * n)


@given(SIDES, SIDES, st.integers(0, 7))
def test_strips_keep_every_row_once_with_enough_around_it(
    height: int, width: int, reach: int
) -> None:
    cut = cut_block(Size(height, width), reach)
    length, strip = (height, cut.size.height) if cut.axis == 0 else (width, cut.size.width)
    assert length == max(height, width)
    assert cut.size.area * length == height * width * strip  # whole across
    own_start = 0
    for one in cut.strips:
        stop = one.start + strip
        assert one.own_start == own_start < one.own_stop
        assert one.start % 2 == 0
        assert one.start >= 0
        assert stop <= length
        assert one.start == 0 or one.own_start - one.start >= reach
        assert stop == length or stop - one.own_stop >= reach
        own_start = one.own_stop
    assert own_start == length


@given(st.integers(28, 200).map(lambda n: 16 * n), SIDES)
def test_strips_of_large_blocks_take_the_share_that_memory_is_planned_for(
    height: int, width: int
) -> None:
    block = Size(height, width)
    assert cut_block(block, 4).size.area <= _STRIP_SHARE * block.area
