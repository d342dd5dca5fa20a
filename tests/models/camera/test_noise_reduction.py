"""What a camera's own noise reduction takes, and what it leaves."""

import keras
import numpy as np
import pytest
from scipy.stats import kurtosis

from models.camera.filters import LUMA_WEIGHTS
from models.camera.noise_reduction import reduce_noise
from models.camera.residue import blotches, smooth_noise
from tests.models.camera.values import column


def test_in_camera_noise_reduction_leaves_blotches(photo: np.ndarray) -> None:
    noise = np.random.default_rng(0).normal(0, 0.03, photo.shape).astype(np.float32)
    flat = np.full_like(photo, 0.5)
    one, none = column(1), column(0)
    left = np.asarray(smooth_noise(noise, flat, one, one, one, one, none, one, none, none))[0]
    luma = left @ LUMA_WEIGHTS
    chroma = left[..., 0] - luma
    assert neighbour_correlation(noise[0, ..., 0]) < 0.05
    assert 0.5 < neighbour_correlation(luma) < 0.95
    assert neighbour_correlation(chroma) > 0.9


def test_cleaned_flat_areas_keep_less_noise_than_edges() -> None:
    noise = np.random.default_rng(0).normal(0, 0.03, (1, 128, 128, 3)).astype(np.float32)
    scene = np.full_like(noise, 0.5)
    scene[:, :, 64:] = np.indices((128, 64)).sum(0)[None, ..., None] % 2
    one, none = column(1), column(0)
    left = np.asarray(smooth_noise(noise, scene, one, one, one, one, none, none, one, one))[0]
    luma = left @ LUMA_WEIGHTS
    chroma = left[..., 0] - luma
    for part in (luma, chroma):
        assert part[:, :48].std() < 0.1 * part[:, 80:].std()


def test_coring_leaves_large_deviations_rather_than_small_ones() -> None:
    noise = np.random.default_rng(0).normal(0, 0.03, (1, 128, 128, 3)).astype(np.float32)
    flat, one, none = np.full_like(noise, 0.5), column(1), column(0)

    def luma_left(coring: float) -> np.ndarray:
        left = smooth_noise(noise, flat, one, one, one, one, coring * one, none, none, none)
        luma: np.ndarray = np.asarray(left)[0] @ LUMA_WEIGHTS
        return luma.ravel()

    gaussian, cored = luma_left(0.0), luma_left(0.4)
    assert cored.std() == pytest.approx(gaussian.std(), rel=0.02)
    assert kurtosis(gaussian) < 0.5
    assert kurtosis(cored) > 1.5


@pytest.mark.parametrize("of_luma", [False, True])
def test_blotches_are_wide_and_stronger_in_the_dark(of_luma: bool) -> None:
    pictures = np.concatenate([np.zeros((1, 512, 512, 3)), np.ones((1, 512, 512, 3))])
    seed = keras.random.SeedGenerator(0)
    pictures = pictures.astype(np.float32)
    some, none = column(0.02, 0.02), column(0, 0)
    chroma_std, luma_std = (none, some) if of_luma else (some, none)
    found = np.asarray(blotches(pictures, chroma_std, luma_std, seed))
    luma = (found @ LUMA_WEIGHTS)[..., None]
    assert np.abs(found - luma if of_luma else luma).max() < 1e-5
    dark, bright = found.std((1, 2, 3))
    assert dark == pytest.approx(2 * bright, rel=0.15)
    assert dark == pytest.approx(0.02, rel=0.5)
    assert neighbour_correlation(found[0, ..., 0], distance=8) > 0.3


def test_noise_reduction_smooths_noise_and_keeps_edges() -> None:
    scene = np.full((1, 64, 128, 3), 0.3, np.float32)
    scene[:, :, 64:] = 0.7
    noisy = scene + np.random.default_rng(0).normal(0, 0.02, scene.shape).astype(np.float32)
    one, none = column(1), column(0)
    left = np.asarray(reduce_noise(noisy, column(0.08), column(2), one, none, one))
    before, after = (picture[0, :, :56] @ LUMA_WEIGHTS for picture in (noisy, left))
    assert after.std() < 0.35 * before.std()
    edge = (left[0, :, 63:65] @ LUMA_WEIGHTS).mean(0)
    assert edge[1] - edge[0] > 0.35
    untouched = np.asarray(reduce_noise(noisy, column(0.08), column(2), none, none, none))
    np.testing.assert_allclose(untouched, noisy, atol=1e-6)


def neighbour_correlation(plane: np.ndarray, distance: int = 1) -> float:
    plane = plane - plane.mean()
    return float((plane[:, :-distance] * plane[:, distance:]).mean() / plane.var())
