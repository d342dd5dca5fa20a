"""Pixel conversions against their definition, with networks that are simple arithmetic."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from litedenoise_sdk.runtime.pixels import read_output, write_input

SHAPE = (37, 5, 3)  # more rows than are converted at a time, and not a multiple of them
DTYPES = (np.uint8, np.uint16, np.float32)


def _photo(dtype: type[Any], seed: int = 0) -> NDArray[Any]:
    rng = np.random.default_rng(seed)
    if dtype == np.float32:
        return rng.random(SHAPE, np.float32)
    return rng.integers(0, np.iinfo(dtype).max, SHAPE, dtype, endpoint=True)


def _tensor(photo: NDArray[Any], dtype: type[Any]) -> NDArray[Any]:
    tensor = np.full((1, *photo.shape), 99, dtype)
    write_input(photo, tensor)
    return tensor


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tensor_dtype", [np.float32, np.int8, np.int16])
def test_identity_network_returns_the_photo(dtype: type[Any], tensor_dtype: type[Any]) -> None:
    photo = _photo(dtype)
    before = photo.copy()
    result = read_output(photo, _tensor(photo, tensor_dtype))
    assert result.dtype == photo.dtype
    assert np.array_equal(result, photo)
    assert np.array_equal(photo, before)
    assert not np.shares_memory(result, photo)


@given(arrays(np.uint16, (8, 8, 3)))
def test_16_bit_identity_for_any_photo(photo: NDArray[np.uint16]) -> None:
    for dtype in (np.float32, np.int8, np.int16):
        assert np.array_equal(read_output(photo, _tensor(photo, dtype)), photo)


def test_every_8_bit_value_goes_through_unchanged() -> None:
    photo = np.arange(256 * 3, dtype=np.uint32).astype(np.uint8).reshape(32, 8, 3)
    assert np.array_equal(_tensor(photo, np.int8)[0].astype(int), photo.astype(int) - 128)
    assert np.allclose(_tensor(photo, np.float32)[0] * 255, photo, atol=1e-4)
    for dtype in (np.float32, np.int8, np.int16):
        assert np.array_equal(read_output(photo, _tensor(photo, dtype)), photo)


def test_every_16_bit_value_becomes_its_nearest_byte() -> None:
    photo = np.zeros((65536 // 3 + 1, 1, 3), np.uint16)
    photo.reshape(-1)[:65536] = np.arange(65536)
    expected = np.floor(photo / 257 + 0.5).astype(int) - 128
    assert np.array_equal(_tensor(photo, np.int8)[0], expected)


def test_float_values_beyond_the_ends_are_clipped_on_the_way_to_bytes() -> None:
    photo = np.array([[[-0.5, 0.0, 1.5]]], np.float32)
    assert _tensor(photo, np.int8).tolist() == [[[[-128, -128, 127]]]]


def test_float_output_is_rounded_half_away_and_clipped() -> None:
    output = np.array([[[[-1, 0.5 / 255, 1.49 / 255], [2.5 / 255, 1, 2]]]], np.float32)
    as_bytes = read_output(np.zeros((1, 2, 3), np.uint8), output)
    assert as_bytes.tolist() == [[[0, 1, 1], [3, 255, 255]]]
    as_words = read_output(np.zeros((1, 2, 3), np.uint16), output)
    assert as_words.tolist() == [[[0, 129, 383], [643, 65535, 65535]]]
    as_floats = read_output(np.zeros((1, 2, 3), np.float32), output)
    assert np.array_equal(as_floats[0], np.clip(output[0, 0], 0, 1))


@given(st.integers(-255, 255), st.integers(0, 65535))
def test_int8_network_adds_its_change_to_16_bit_photos(change: int, value: int) -> None:
    photo = np.full((1, 1, 3), value, np.uint16)
    tensor = _tensor(photo, np.int8)
    seen = int(tensor[0, 0, 0, 0])
    answer = min(max(seen + change, -128), 127)
    result = read_output(photo, np.full_like(tensor, answer))
    assert result[0, 0, 0] == min(max(value + 257 * (answer - seen), 0), 65535)


def test_int8_network_adds_its_change_to_float_photos() -> None:
    photo = np.array([[[0.0, 0.5, 1.0], [0.001, 0.25, 0.999]]], np.float32)
    tensor = _tensor(photo, np.int8)
    darker = np.maximum(tensor.astype(int) - 10, -128).astype(np.int8)
    change = (darker.astype(int) - tensor)[0, 0] / 255
    result = read_output(photo, darker)
    assert result.dtype == np.float32
    assert np.allclose(result[0], np.clip(photo[0] + change, 0, 1), atol=1e-7)
    assert result.min() >= 0


@pytest.mark.parametrize("dtype", DTYPES)
def test_views_that_are_not_contiguous_are_taken(dtype: type[Any]) -> None:
    photo = _photo(dtype).transpose(1, 0, 2)[:, ::2, ::-1]
    for tensor_dtype in (np.float32, np.int8):
        assert np.array_equal(read_output(photo, _tensor(photo, tensor_dtype)), photo)
