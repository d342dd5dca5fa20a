"""The camera that gives JPEG files with noise of their own, and references without."""

from dataclasses import replace

import numpy as np

from models.camera import JpegCamera, JpegSettings
from models.camera.filters import gaussian_blur

QUIET = JpegSettings(
    noise_std=(0, 0), heavy_probability=0, reduction_probability=0, jpeg_probability=0,
    misalignment_px=(0, 0), exposures_apart=(0, 0),
)  # fmt: skip


def test_references_are_independent_of_the_noise_they_are_there_to_remove(
    photo: np.ndarray,
) -> None:
    settings = JpegSettings(
        noise_std=(0.03, 0.03), heavy_probability=0, reduction_probability=1,
        blotch_probability=0, jpeg_probability=0,
    )  # fmt: skip
    crops = np.repeat(photo, 8, axis=0)
    noisy, clean = map(np.asarray, JpegCamera(settings, seed=0)(crops))
    noise = (noisy - clean).std((1, 2, 3))
    assert 0.005 < noise.min() < noise.max() < 0.05
    # Two exposures with opposite noise: what the filter leaves of it in the reference is little.
    high = clean - np.asarray(gaussian_blur(clean, 1.0))
    correlation = [
        np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in zip(noisy - clean, high, strict=True)
    ]
    assert abs(np.mean(correlation)) < 0.15


def test_a_misaligned_reference_keeps_its_place(photo: np.ndarray) -> None:
    moved = replace(QUIET, misalignment_px=(0.25, 0.25))
    noisy, clean = map(np.asarray, JpegCamera(moved, seed=0)(photo))
    assert np.abs(noisy - clean).mean() < 0.5 / 255


def test_noise_does_not_shift_colours() -> None:
    grey = np.full((8, 256, 256, 3), 0.35, np.float32)
    settings = JpegSettings(noise_std=(0.05, 0.05), heavy_probability=0, hot_pixel_rate=0)
    noisy, clean = map(np.asarray, JpegCamera(settings, seed=0)(grey))
    # Smoothed noise is so wide that a picture's own has a mean; a shift would be common to all.
    assert np.abs((noisy - clean).mean((0, 1, 2))).max() < 2.5e-3


def test_without_noise_the_pair_is_equal_up_to_rounding(photo: np.ndarray) -> None:
    noisy, clean = map(np.asarray, JpegCamera(QUIET, seed=0)(photo))
    np.testing.assert_allclose(noisy, clean, atol=1e-4)


def test_the_whole_range_of_noise_is_covered(photo: np.ndarray) -> None:
    crops = np.repeat(photo[:, :64, :64], 256, axis=0)
    noisy, clean = map(np.asarray, JpegCamera(seed=0)(crops))
    levels = 255 * (noisy - clean).std((1, 2, 3))
    assert levels.min() < 3
    assert levels.max() > 12
    assert noisy.min() >= 0
    assert noisy.max() <= 1
