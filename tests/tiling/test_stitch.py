"""Pixels into blocks and back, against a padded copy of the whole photo."""

import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.tiling import BlockPlan, LinearCost, choose_block, read_block
from litedenoise_sdk.tiling.stitch import source_indices


def mirrored(position: int, length: int) -> int:
    """The rule in the plainest words: walk to the edge, turn around, stop at the other edge."""
    at, step = (0, 1) if position < 0 else (length - 1, -1)
    if 0 <= position < length:
        return position
    beyond = -position if position < 0 else position - (length - 1)
    for _ in range(beyond):
        if 0 <= at + step < length:
            at += step
    return at


def padded_photo(photo: NDArray[Any], plan: BlockPlan) -> NDArray[Any]:
    rows = [mirrored(y - plan.margin_px, plan.photo.height) for y in range(plan.padded.height)]
    columns = [mirrored(x - plan.margin_px, plan.photo.width) for x in range(plan.padded.width)]
    padded: NDArray[Any] = photo[rows][:, columns]
    return padded


def photo_of(size: Size, dtype: str = "uint16") -> NDArray[Any]:
    numbers = np.arange(size.area * 3).reshape(size.height, size.width, 3)
    return numbers.astype(dtype)


@st.composite
def plans(draw: st.DrawFn) -> BlockPlan:
    halo = 16 * draw(st.integers(0, 4))
    side = st.integers(0, 5).map(lambda n: max(2 * halo - 32, halo + 16, 32) + 16 * n)
    length = st.integers(1, 150)
    return BlockPlan(Size(draw(length), draw(length)), Size(draw(side), draw(side)), halo)


@given(st.integers(-300, 300), st.integers(0, 300), st.integers(1, 40))
def test_source_indices_mirror_then_repeat(start: int, count: int, length: int) -> None:
    expected = [mirrored(position, length) for position in range(start, start + count)]
    assert source_indices(start, start + count, length).tolist() == expected


def test_source_indices_are_numpy_reflect_where_the_photo_is_large_enough() -> None:
    expected = np.pad(np.arange(40), (16, 31), mode="reflect")
    assert source_indices(-16, 71, 40).tolist() == expected.tolist()


@given(plans())
def test_blocks_are_cut_from_the_padded_photo(plan: BlockPlan) -> None:
    photo = photo_of(plan.photo)
    padded = padded_photo(photo, plan)
    for block in plan.blocks:
        pixels = read_block(photo, plan, block)
        assert pixels.dtype == photo.dtype
        np.testing.assert_array_equal(pixels, padded[block.read.slices])


@given(plans())
def test_writing_what_was_read_gives_the_photo_back(plan: BlockPlan) -> None:
    photo = photo_of(plan.photo)
    result = np.zeros_like(photo)
    for block in plan.blocks:
        result[block.own.slices] = read_block(photo, plan, block)[block.kept.slices]
    np.testing.assert_array_equal(result, photo)


def test_an_interior_block_is_a_view() -> None:
    plan = BlockPlan(Size(200, 200), Size(64, 64), halo_px=32)
    photo = photo_of(plan.photo)
    inside = [b for b in plan.blocks if b.read.top == b.read.left == 48]
    assert np.shares_memory(read_block(photo, plan, inside[0]), photo)


def test_grey_planes_and_broadcast_channels_work_too() -> None:
    plan = BlockPlan(Size(50, 70), Size(64, 64), halo_px=16)
    grey = photo_of(plan.photo)[..., 0]
    as_colour = np.broadcast_to(grey[..., None], (*grey.shape, 3))
    for block in plan.blocks:
        plane = read_block(grey, plan, block)
        np.testing.assert_array_equal(read_block(as_colour, plan, block)[..., 1], plane)


def test_memory_is_bounded_by_the_block() -> None:
    size = Size(1500, 1200)
    photo = photo_of(size, "uint8")
    result = np.empty_like(photo)
    block_size = choose_block(size, 64, LinearCost(0, 1.0), 20_000)
    plan = BlockPlan(size, block_size, 64)
    assert len(plan.blocks) > 100
    tracemalloc.start()
    try:
        for block in plan.blocks:
            result[block.own.slices] = read_block(photo, plan, block)[block.kept.slices]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * 3 * block_size.area < photo.nbytes / 10
    np.testing.assert_array_equal(result, photo)


def test_refuses_a_photo_of_another_size() -> None:
    plan = BlockPlan(Size(50, 70), Size(64, 64), halo_px=16)
    other = photo_of(Size(70, 50))
    with pytest.raises(ValueError, match="50x70"):
        read_block(other, plan, plan.blocks[0])
