"""How a batch is shared out: cameras, white noise, black and white, nothing at all."""

from dataclasses import replace

import numpy as np
import pytest

from models.camera import CameraShares, SyntheticCamera
from models.camera.filters import LUMA_WEIGHTS


def uncaptured(white: float) -> CameraShares:
    """Pictures that no camera took, this share of them with white noise of 0.05."""
    return CameraShares(
        parts=(0, 0, 1),
        white_probability=(0, 0, white),
        white_std_root=(0.05**0.5, 0.05**0.5),
        equal_probability=0,
        grey_probability=0,
    )


def test_the_untouched_share_comes_as_it_is(photo: np.ndarray) -> None:
    noisy, clean = map(np.asarray, SyntheticCamera(uncaptured(white=0), seed=0)(photo))
    np.testing.assert_allclose(clean, photo, atol=1e-6)
    assert np.abs(noisy - photo).max() <= 0.5 / 255 + 1e-6


def test_the_white_share_has_independent_noise_and_nothing_else(photo: np.ndarray) -> None:
    grey = 0.25 + 0.5 * photo
    noisy, clean = map(np.asarray, SyntheticCamera(uncaptured(white=1), seed=0)(grey))
    np.testing.assert_allclose(clean, grey, atol=1e-6)
    noise = (noisy - clean)[0]
    assert noise.std() == pytest.approx(0.05, rel=0.02)
    neighbours = (noise[:-1, :, 0], noise[1:, :, 0], noise[:-1, :, 1])
    correlation = np.corrcoef([values.ravel() for values in neighbours])
    assert np.abs(correlation - np.eye(3)).max() < 0.02


def test_white_noise_may_be_equal_in_all_colours(photo: np.ndarray) -> None:
    grey = 0.25 + 0.5 * photo
    shares = replace(uncaptured(white=1), equal_probability=1)
    noisy, clean = map(np.asarray, SyntheticCamera(shares, seed=0)(grey))
    noise = noisy - clean
    assert noise.std() == pytest.approx(0.05, rel=0.02)
    assert np.ptp(noise, axis=3).max() <= 1 / 255 + 1e-6


def test_some_pairs_are_black_and_white(photo: np.ndarray) -> None:
    batch = np.repeat(photo[:, :64, :64], 64, axis=0)
    shares = CameraShares(parts=(0, 0, 1), white_probability=(0, 0, 1), grey_probability=0.5)
    noisy, clean = map(np.asarray, SyntheticCamera(shares, seed=0)(batch))
    grey_noisy, grey_clean = (
        np.ptp(pictures, axis=3).max((1, 2)) < 1e-5 for pictures in (noisy, clean)
    )
    np.testing.assert_array_equal(grey_noisy, grey_clean)
    assert 20 < grey_clean.sum() < 44
    np.testing.assert_allclose(
        clean[grey_clean][0, ..., 0], photo[0, :64, :64] @ LUMA_WEIGHTS, atol=1e-5
    )
    np.testing.assert_allclose(clean[~grey_clean][0], photo[0, :64, :64], atol=1e-5)
    assert (noisy - clean)[grey_clean].std() > 0.01


def test_a_batch_is_shared_out_between_the_cameras(photo: np.ndarray) -> None:
    shares = CameraShares(parts=(3, 3, 2), white_probability=(0, 0, 0), grey_probability=0)
    batch = np.repeat(photo[:, :64, :64], 8, axis=0)
    noisy, clean = map(np.asarray, SyntheticCamera(shares, seed=0)(batch))
    untouched = np.abs(clean - batch).max((1, 2, 3)) == 0
    assert untouched.tolist() == 6 * [False] + 2 * [True]
    assert np.abs(noisy[6:] - batch[6:]).max() <= 0.5 / 255 + 1e-6
    assert ((noisy - clean).std((1, 2, 3))[:6] > 1 / 255).all()


def test_a_seed_fixes_the_result(photo: np.ndarray) -> None:
    batch = np.repeat(photo[:, :64, :64], 12, axis=0)
    first, second, other = (np.asarray(SyntheticCamera(seed=seed)(batch)[0]) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, second)
    assert np.abs(first - other).max() > 0
