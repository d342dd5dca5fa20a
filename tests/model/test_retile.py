import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from litedenoise_sdk.errors import CorruptModel, OptionsError
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.flatbuffer import read_graph
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.model.retile import retile
from litedenoise_sdk.options import Precision
from tests.model.interpreter import infer

PRECISIONS: tuple[Precision, ...] = ("fp32", "fp16", "int8")  # int16x8: test_int16x8.py
sides = st.integers(1, 300).map(lambda periods: 16 * periods)


def _picture(precision: Precision, height: int, width: int) -> NDArray[np.generic]:
    rng = np.random.default_rng(seed=5)
    if precision == "int8":
        return rng.integers(-128, 128, (height, width, 3)).astype(np.int8)
    return rng.random((height, width, 3), np.float32)


@settings(max_examples=15, deadline=None)
@given(height=sides, width=sides, precision=st.sampled_from(PRECISIONS))
def test_only_the_sizes_change(height: int, width: int, precision: Precision) -> None:
    original = load_released(precision)
    graph = read_graph(retile(original.content, Size(height, width)))
    assert graph.block == Size(height, width)
    assert graph.operators == original.graph.operators
    for after, before in zip(graph.tensors, original.graph.tensors, strict=True):
        assert (after.type, after.constant, after.scale) == (
            before.type,
            before.constant,
            before.scale,
        )
        if before.spatial:
            assert after.shape[0] == before.shape[0]
            assert after.shape[3] == before.shape[3]
            assert after.shape[1] * original.graph.block.height == before.shape[1] * height
            assert after.shape[2] * original.graph.block.width == before.shape[2] * width
        else:
            assert after.shape == before.shape


@pytest.mark.parametrize("precision", PRECISIONS)
def test_there_and_back_is_the_same_file(precision: Precision) -> None:
    original = load_released(precision)
    there = retile(original.content, Size(48, 1088))
    assert len(there) == len(original.content)
    assert retile(there, original.graph.block) == original.content


@pytest.mark.parametrize("precision", PRECISIONS)
def test_interior_equals_the_original_to_the_bit(precision: Precision) -> None:
    original = load_released(precision)
    block = original.graph.block
    wider = Size(block.height, block.width + 160)
    picture = _picture(precision, wider.height, wider.width)
    small = infer(original.content, np.ascontiguousarray(picture[:, : block.width]))
    large = infer(retile(original.content, wider), picture)
    assert large.shape == (wider.height, wider.width, 3)
    # Both see the same zeros beyond the left, upper and lower sides; the right side differs, and
    # its influence ends one radius before it.
    same = block.width - 144
    assert np.array_equal(small[:, :same], large[:, :same])
    assert not np.array_equal(small, large[:, : block.width])


@pytest.mark.parametrize("precision", PRECISIONS)
def test_smallest_block_runs(precision: Precision) -> None:
    original = load_released(precision)
    content = retile(original.content, Size(16, 16))
    assert infer(content, _picture(precision, 16, 16)).shape == (16, 16, 3)


def test_the_same_block_costs_nothing() -> None:
    content = load_released("int8").content
    assert retile(content, load_released("int8").graph.block) is content
    assert retile(content, Size(32, 32)) is retile(content, Size(32, 32))


@pytest.mark.parametrize("block", [Size(0, 16), Size(-16, 16), Size(16, 24), Size(8, 8)])
def test_other_sides_are_refused(block: Size) -> None:
    with pytest.raises(OptionsError, match="multiples of 16"):
        retile(load_released("int8").content, block)


def test_garbage_is_refused() -> None:
    with pytest.raises(CorruptModel):
        retile(b"garbage", Size(16, 16))
