"""One axis of a plan: the properties that every tiling must have, for any length and block."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litedenoise_sdk.errors import OptionsError
from litedenoise_sdk.tiling.axis import (
    MARGIN_PX,
    STRIDE_PX,
    block_lengths,
    context_after,
    context_before,
    count_blocks,
    padded_length,
    solve_axis,
)

LENGTHS = st.integers(1, 5000)
HALOS = st.integers(0, 10).map(lambda n: 16 * n)


def shortest(halo: int) -> int:
    """Context on both sides and one stride to keep, or the margin where that is more."""
    return context_after(halo) + 16 + max(context_before(halo), 16)


@st.composite
def axes(draw: st.DrawFn) -> tuple[int, int, int]:
    """A photo length, a block length that works with the halo, and the halo."""
    halo = draw(HALOS)
    block = shortest(halo) + STRIDE_PX * draw(st.integers(0, 63))
    return draw(LENGTHS), block, halo


@given(axes())
def test_every_pixel_is_owned_once_and_in_order(axis: tuple[int, int, int]) -> None:
    length, block, halo = axis
    spans = solve_axis(length, block, halo)
    assert spans[0].own_start == 0
    assert spans[-1].own_stop == length
    assert all(span.own_start < span.own_stop for span in spans)
    assert all(a.own_stop == b.own_start for a, b in itertools.pairwise(spans))


@given(axes())
def test_reads_are_whole_blocks_on_the_stride_inside_the_padded_axis(
    axis: tuple[int, int, int],
) -> None:
    length, block, halo = axis
    padded = padded_length(length, block)
    for span in solve_axis(length, block, halo):
        assert span.read_start % STRIDE_PX == 0
        assert span.read_stop - span.read_start == block
        assert span.read_start >= 0
        assert span.read_stop <= padded


@given(axes())
def test_interior_sides_have_their_context(axis: tuple[int, int, int]) -> None:
    length, block, halo = axis
    padded = padded_length(length, block)
    for span in solve_axis(length, block, halo):
        assert span.read_start <= span.own_start + MARGIN_PX
        assert span.own_stop + MARGIN_PX <= span.read_stop
        if span.read_start > 0:
            assert span.own_start + MARGIN_PX >= span.read_start + context_before(halo)
        if span.read_stop < padded:
            assert span.own_stop + MARGIN_PX <= span.read_stop - context_after(halo)


@given(axes())
def test_the_padded_axis_mirrors_a_margin_on_both_sides(axis: tuple[int, int, int]) -> None:
    length, block, _ = axis
    padded = padded_length(length, block)
    assert padded % STRIDE_PX == 0
    assert padded >= length + 2 * MARGIN_PX
    assert padded == block or padded < length + 2 * MARGIN_PX + STRIDE_PX


@given(LENGTHS, HALOS)
def test_block_lengths_are_the_shortest_for_each_count(length: int, halo: int) -> None:
    blocks = list(block_lengths(length, halo))
    counts = [count_blocks(length, block, halo) for block in blocks]
    assert counts[0] == 1
    assert blocks == sorted(set(blocks), reverse=True)
    assert counts == sorted(counts)
    for block, count in zip(blocks, counts, strict=True):
        shorter = block - STRIDE_PX
        if shorter >= shortest(halo):
            assert count_blocks(length, shorter, halo) > count


@given(axes())
def test_ends_of_what_is_kept_lie_on_the_stride(axis: tuple[int, int, int]) -> None:
    spans = solve_axis(*axis)
    assert all((span.own_stop + MARGIN_PX) % STRIDE_PX == 0 for span in spans[:-1])


@given(axes())
def test_count_agrees_with_the_plan(axis: tuple[int, int, int]) -> None:
    assert count_blocks(*axis) == len(solve_axis(*axis))


def test_a_block_may_be_all_halo_where_one_is_enough() -> None:
    (span,) = solve_axis(1, 64, 64)
    assert (span.read_start, span.read_stop, span.own_start, span.own_stop) == (0, 64, 0, 1)


@pytest.mark.parametrize(
    ("length", "block", "halo", "message"),
    [
        (0, 64, 16, "at least 1 pixel"),
        (100, 64, 24, "multiple of 16"),
        (100, 64, -16, "multiple of 16"),
        (100, 0, 16, "multiple of 16"),
        (100, 72, 16, "multiple of 16"),
        (1000, 64, 64, "take at least 96"),
        (1000, 32, 32, "take at least 48"),
    ],
)
def test_refuses_what_cannot_be_tiled(length: int, block: int, halo: int, message: str) -> None:
    with pytest.raises(OptionsError, match=message):
        solve_axis(length, block, halo)
