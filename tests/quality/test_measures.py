"""PSNR and SSIM against scikit-image, at every dtype, over band borders, and refused input."""

import math
import tracemalloc
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from litedenoise_sdk.errors import UnsupportedImage
from litedenoise_sdk.quality import psnr, ssim

Pair = tuple[NDArray[Any], NDArray[Any]]


def noisy_pair(shape: tuple[int, ...], dtype: str, seed: int = 0) -> Pair:
    rng = np.random.default_rng(seed)
    ramp = np.linspace(0, 1, shape[1])[None, :] * np.linspace(1, 0.2, shape[0])[:, None]
    clean = np.broadcast_to(ramp[..., None], shape) if len(shape) == 3 else ramp
    noisy = np.clip(clean + rng.normal(0, 0.05, shape), 0, 1)
    if dtype == "float32":
        return clean.astype(np.float32), noisy.astype(np.float32)
    peak = np.iinfo(dtype).max
    return np.rint(clean * peak).astype(dtype), np.rint(noisy * peak).astype(dtype)


PEAKS = {"uint8": 255, "uint16": 65535, "float32": 1}


@pytest.mark.parametrize("dtype", list(PEAKS))
@pytest.mark.parametrize("shape", [(7, 7, 3), (61, 47, 3), (33, 90, 1)])
def test_equals_scikit_image(shape: tuple[int, ...], dtype: str) -> None:
    clean, noisy = noisy_pair(shape, dtype)
    # Double precision on both sides: scikit-image would stay in float32 otherwise.
    wide, wide_noisy = clean.astype(np.float64), noisy.astype(np.float64)
    expected = structural_similarity(wide, wide_noisy, channel_axis=2, data_range=PEAKS[dtype])
    assert ssim(clean, noisy) == pytest.approx(expected, abs=1e-6)
    expected = peak_signal_noise_ratio(wide, wide_noisy, data_range=PEAKS[dtype])
    assert psnr(clean, noisy) == pytest.approx(expected, abs=1e-9)


def test_ssim_of_grey_images() -> None:
    clean, noisy = noisy_pair((40, 52), "uint8")
    expected = structural_similarity(clean, noisy, data_range=255)
    assert ssim(clean, noisy) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("shape", [(150, 4000, 3), (700, 1000, 3)])
def test_bands_change_nothing(shape: tuple[int, ...]) -> None:
    clean, noisy = noisy_pair(shape, "uint8")
    expected = structural_similarity(clean, noisy, channel_axis=2, data_range=255)
    assert ssim(clean, noisy) == pytest.approx(expected, abs=1e-6)
    expected = peak_signal_noise_ratio(clean, noisy, data_range=255)
    assert psnr(clean, noisy) == pytest.approx(expected, abs=1e-9)


def test_equal_images() -> None:
    clean, _ = noisy_pair((20, 20, 3), "uint8")
    assert psnr(clean, clean) == math.inf
    assert ssim(clean, clean) == pytest.approx(1, abs=1e-12)


def test_flat_images_without_variance() -> None:
    black, white = np.zeros((9, 9, 3), np.uint8), np.full((9, 9, 3), 255, np.uint8)
    assert psnr(black, white) == 0
    assert 0 < ssim(black, white) < 1e-3


def test_memory_does_not_grow_with_the_photo() -> None:
    photo = np.zeros((2000, 1500, 3), np.uint8)
    tracemalloc.start()
    try:
        psnr(photo, photo)
        ssim(photo, photo)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 40_000_000  # nine million values alone would be 72 MB in double precision


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (np.zeros((8, 8, 3), np.uint8), np.zeros((8, 9, 3), np.uint8), "same shape"),
        (np.zeros((8, 8, 3), np.uint8), np.zeros((8, 8, 3), np.uint16), "same dtype"),
        (np.zeros((8, 8, 3), np.int32), np.zeros((8, 8, 3), np.int32), "int32"),
        (np.zeros(8, np.uint8), np.zeros(8, np.uint8), "H, W"),
        (np.zeros((0, 8, 3), np.uint8), np.zeros((0, 8, 3), np.uint8), "empty"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    first: NDArray[Any], second: NDArray[Any], message: str
) -> None:
    for measure in (psnr, ssim):
        with pytest.raises(UnsupportedImage, match=message):
            measure(first, second)


def test_ssim_needs_a_window() -> None:
    small = np.zeros((6, 30, 3), np.uint8)
    with pytest.raises(UnsupportedImage, match="7x7"):
        ssim(small, small)
