"""Between depths, exhaustively where there are few values."""

from typing import Any

import numpy as np
import pytest

from litedenoise_sdk.imageio.depth import rows_as
from litedenoise_sdk.imageio.parallel import ordered_map
from litedenoise_sdk.imageio.photo import repeat_grey

U8, U16, F32 = np.dtype(np.uint8), np.dtype(np.uint16), np.dtype(np.float32)
BYTES = np.arange(256, dtype=np.uint8).reshape(1, -1, 1)
WORDS = np.arange(65_536, dtype=np.uint16).reshape(1, -1, 1)


def test_words_are_rounded_to_the_nearest_byte() -> None:
    expected = np.rint(WORDS.astype(np.float64) / 257)
    assert np.array_equal(rows_as(WORDS, U8, grey=False), expected)


def test_bytes_survive_every_deeper_depth() -> None:
    for deeper in (U16, F32):
        there = rows_as(BYTES, deeper, grey=False)
        assert there.dtype == deeper
        assert there.max() == (65535 if deeper == U16 else 1)
        assert np.array_equal(rows_as(there, U8, grey=False), BYTES)


def test_words_survive_floating_point() -> None:
    assert np.array_equal(rows_as(rows_as(WORDS, F32, grey=False), U16, grey=False), WORDS)


def test_floats_are_rounded_and_never_wrap_around() -> None:
    row = np.array([[[-0.1], [0.0], [0.5], [1.0], [1.1]]], np.float32)
    assert rows_as(row, U8, grey=False).ravel().tolist() == [0, 0, 128, 255, 255]
    assert rows_as(row, U16, grey=False).ravel().tolist() == [0, 0, 32768, 65535, 65535]


@pytest.mark.parametrize("dtype", [U8, U16, F32])
def test_the_same_depth_is_no_copy(dtype: "np.dtype[Any]") -> None:
    rows = np.zeros((2, 3, 3), dtype)
    assert rows_as(rows, dtype, grey=False) is rows


@pytest.mark.parametrize("dtype", [U8, U16, F32])
def test_the_mean_of_equal_channels_is_their_value(dtype: "np.dtype[Any]") -> None:
    plane = np.random.default_rng(0).random((50, 50))
    plane = (plane * (1 if dtype == F32 else np.iinfo(dtype).max)).astype(dtype)
    for rows in (repeat_grey(plane), repeat_grey(plane).copy()):
        assert np.array_equal(rows_as(rows, dtype, grey=True)[..., 0], plane)


def test_the_parallel_map_keeps_the_order_and_passes_errors_on() -> None:
    assert list(ordered_map(lambda item: item * item, range(50))) == [n * n for n in range(50)]
    with pytest.raises(ZeroDivisionError):
        list(ordered_map(lambda item: 1 // item, [1, 0, 2]))
