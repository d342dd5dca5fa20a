"""Strength: exact at its ends, linear between them, luma and chroma apart."""

import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from litedenoise_sdk.options import Strength
from litedenoise_sdk.tiling import blend
from litedenoise_sdk.tiling.blend import BT601_LUMA

DTYPES = ("uint8", "uint16", "float32")
WEIGHTS = st.floats(0, 1)


def picture(dtype: str, seed: int, shape: tuple[int, int, int] = (9, 11, 3)) -> NDArray[Any]:
    values = np.random.default_rng(seed).random(shape, np.float32)
    if dtype == "float32":
        return values
    return np.round(values * np.iinfo(dtype).max).astype(dtype)


def blended(noisy: NDArray[Any], denoised: NDArray[Any], strength: Strength) -> NDArray[Any]:
    out = np.empty_like(noisy)
    blend(noisy, denoised, strength, out)
    return out


@pytest.mark.parametrize("dtype", DTYPES)
def test_full_strength_is_the_denoised_and_none_the_noisy(dtype: str) -> None:
    noisy, denoised = picture(dtype, 0), picture(dtype, 1)
    np.testing.assert_array_equal(blended(noisy, denoised, Strength(1.0)), denoised)
    np.testing.assert_array_equal(blended(noisy, denoised, Strength(0.0)), noisy)
    np.testing.assert_array_equal(
        blended(noisy, denoised, Strength(0.3, luma=1.0, chroma=1.0)), denoised
    )


@pytest.mark.parametrize("dtype", DTYPES)
@given(overall=WEIGHTS, luma=st.none() | WEIGHTS, chroma=st.none() | WEIGHTS)
def test_equals_the_formula(
    dtype: str, overall: float, luma: float | None, chroma: float | None
) -> None:
    noisy, denoised = picture(dtype, 2), picture(dtype, 3)
    strength = Strength(overall, luma, chroma)
    difference = denoised.astype(float) - noisy
    brightness = (difference @ BT601_LUMA.astype(float))[..., None]
    expected = (
        noisy
        + strength.luma_weight * brightness
        + strength.chroma_weight * (difference - brightness)
    )
    result = blended(noisy, denoised, strength)
    assert result.dtype == noisy.dtype
    if dtype == "float32":
        np.testing.assert_allclose(result, expected.clip(0, 1), atol=1e-6)
    else:
        off = np.abs(result - expected.clip(0, np.iinfo(dtype).max))
        assert off.max() <= 0.5 + 0.02  # rounded to the nearest step; 0.02 is float32 at 65535


@pytest.mark.parametrize("dtype", DTYPES)
def test_luma_alone_keeps_colour_differences_as_they_were(dtype: str) -> None:
    noisy = np.full((4, 5, 3), 0.5, np.float32)
    denoised = noisy + np.float32(0.1) * np.array([1, -1, 0.5], np.float32)
    if dtype != "float32":
        noisy, denoised = (
            np.round(p * np.iinfo(dtype).max).astype(dtype) for p in (noisy, denoised)
        )
    result = blended(noisy, denoised, Strength(luma=1.0, chroma=0.0)).astype(float)
    shift = result - noisy
    step = 1e-6 if dtype == "float32" else 1
    assert np.ptp(shift, axis=-1).max() <= step
    np.testing.assert_allclose(result @ BT601_LUMA, denoised @ BT601_LUMA, atol=step)


@pytest.mark.parametrize("into", [0, 1])
@pytest.mark.parametrize("dtype", DTYPES)
def test_may_write_into_either_input(dtype: str, into: int) -> None:
    pictures = picture(dtype, 4), picture(dtype, 5)
    strength = Strength(0.4, chroma=0.9)
    expected = blended(*pictures, strength)
    blend(*pictures, strength, pictures[into])
    np.testing.assert_array_equal(pictures[into], expected)


def test_bands_do_not_show_and_bound_the_memory() -> None:
    noisy, denoised = picture("uint8", 6, (2000, 900, 3)), picture("uint8", 7, (2000, 900, 3))
    out = np.empty_like(noisy)
    strength = Strength(0.5, chroma=1.0)
    tracemalloc.start()
    try:
        blend(noisy, denoised, strength, out)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 12e6 < noisy.nbytes * 4
    for row in (0, 777, 1999):
        alone = blended(noisy[row : row + 1], denoised[row : row + 1], strength)
        np.testing.assert_array_equal(out[row : row + 1], alone)
