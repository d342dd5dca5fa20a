"""The measure must refuse what looks the same in the picture and is not."""

import math

import numpy as np
import pytest

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.runtime.auto.agreement import TOLERANCES, compare_residuals, noisy_block

SIZE = Size(64, 96)
NOISY = noisy_block(SIZE)
CLEAN = (NOISY - np.float32(0.02) * np.random.default_rng(1).normal(size=NOISY.shape)).astype(
    np.float32
)


def test_equal_results_agree_without_end() -> None:
    agreement = compare_residuals(NOISY, CLEAN, CLEAN)
    assert agreement.agreement_db == math.inf
    assert all(agreement.within(tolerance) for tolerance in TOLERANCES.values())


def test_grid_at_high_correlation_fails_everywhere() -> None:
    residual = CLEAN - NOISY
    grid = np.zeros_like(CLEAN)
    grid[::8] = grid[:, ::8] = 1.0
    grid *= 0.2 * np.sqrt(np.mean(residual**2)) / np.sqrt(np.mean(grid**2))
    result = CLEAN + grid
    correlation = np.corrcoef((result - NOISY).ravel(), residual.ravel())[0, 1]
    assert correlation > 0.975
    agreement = compare_residuals(NOISY, CLEAN, result)
    assert not any(agreement.within(tolerance) for tolerance in TOLERANCES.values())


def test_colour_shift_of_one_step_fails_everywhere() -> None:
    agreement = compare_residuals(NOISY, CLEAN, CLEAN + np.array([0, 1 / 255, 0], np.float32))
    assert agreement.colour_shift == pytest.approx(1 / 255, rel=1e-4)
    assert not any(agreement.within(tolerance) for tolerance in TOLERANCES.values())


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_no_numbers_agree_with_nothing(value: float) -> None:
    result = CLEAN.copy()
    result[5, 5, 1] = value
    assert not compare_residuals(NOISY, CLEAN, result).within(TOLERANCES["int8"])


def test_rounding_passes_however_little_there_is_to_remove() -> None:
    rng = np.random.default_rng(2)
    clean = noisy_block(Size(256, 256))
    faint = clean + np.float32(0.005) * rng.normal(size=clean.shape)
    rounding = np.float32(0.7 / 255) * rng.normal(size=clean.shape)
    agreement = compare_residuals(faint, clean, clean + rounding)
    assert agreement.relative_db < 8
    assert agreement.within(TOLERANCES["int8"])
    assert not compare_residuals(faint, clean, clean + 2 * rounding).within(TOLERANCES["int8"])


def test_untouched_picture_fails() -> None:
    assert not compare_residuals(NOISY, CLEAN, NOISY).within(TOLERANCES["int8"])


def test_noisy_block_is_a_picture_and_always_the_same() -> None:
    assert NOISY.shape == (64, 96, 3)
    assert NOISY.dtype == np.float32
    assert 0 <= NOISY.min() < NOISY.max() <= 1
    assert np.array_equal(NOISY, noisy_block(SIZE))
