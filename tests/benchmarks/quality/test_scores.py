"""What pictures are judged by."""

import math

import numpy as np
import pytest

from benchmarks.quality.scores import SCORES, score
from litedenoise_sdk.quality import psnr


def test_scores_of_the_whole_and_the_parts() -> None:
    rng = np.random.default_rng(0)
    reference = np.full((64, 90, 3), 150, np.uint8)
    reference[:, 30:60] = 20
    reference[:, 60:] = 60 + 100 * (np.indices((64, 30)).sum(axis=0) // 4 % 2)[..., None]
    denoised = (reference + rng.integers(-3, 4, reference.shape)).astype(np.uint8)
    found = score(reference, denoised)
    assert set(found) == set(SCORES)
    assert found["psnr"] == pytest.approx(psnr(reference, denoised))
    for part in ("dark", "flat", "edges"):
        value = found[part]
        assert value is not None
        assert 36 < value < 44
    # Grey noise has no chroma; colour noise of equal luma has hardly any luma.
    grey = (reference + rng.integers(-3, 4, reference.shape[:2])[..., None]).astype(np.uint8)
    chroma, luma = score(reference, grey)["chroma"], score(reference, grey)["luma"]
    assert chroma is not None
    assert luma is not None
    assert chroma > luma + 30
    similar, colours = score(reference, grey)["ssim_luma"], score(reference, grey)["ssim_chroma"]
    assert similar is not None
    assert colours is not None
    assert colours > 0.999 > similar
    # Noise of one strength spoils flat areas more than edges.
    assert (found["ssim_flat"] or 1) < (found["ssim_edges"] or 0)


def test_scores_of_equal_pictures_and_missing_parts() -> None:
    bright = np.full((16, 16, 3), 200, np.uint8)
    found = score(bright, bright)
    assert found["psnr"] == math.inf
    assert found["dark"] is None
    assert found["edges"] is None
    assert found["ssim_dark"] is None
    assert found["ssim"] == found["ssim_flat"] == pytest.approx(1)
