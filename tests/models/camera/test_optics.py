"""Lenses, and blur."""

import cv2
import keras
import numpy as np
import pytest

from models.camera.filters import gaussian_blur
from models.camera.optics import through_lens
from tests.models.camera.values import column


def test_the_blur_is_opencvs(photo: np.ndarray) -> None:
    expected = cv2.GaussianBlur(photo[0], (11, 11), 2.0, borderType=cv2.BORDER_REFLECT_101)
    np.testing.assert_allclose(np.asarray(gaussian_blur(photo, 2.0))[0], expected, atol=1e-4)


def test_a_perfect_lens_changes_nothing(photo: np.ndarray) -> None:
    seed = keras.random.SeedGenerator(0)
    np.testing.assert_allclose(through_lens(photo, column(0), column(0), seed), photo, atol=1e-6)


def test_parts_are_out_of_focus_and_the_rest_stays_sharp() -> None:
    checks = np.indices((128, 128)).sum(0)[None, ..., None] % 2 * np.ones((16, 1, 1, 3), np.float32)
    seed = keras.random.SeedGenerator(0)
    seen = np.asarray(through_lens(checks.astype(np.float32), column(0), column(1), seed))
    contrast = np.abs(np.diff(seen[..., 0], axis=1))
    soft, sharp = (contrast < 0.05).mean((1, 2)), (contrast > 0.95).mean((1, 2))
    assert soft.max() > 0.9
    assert sharp.max() > 0.9
    assert ((soft > 0.1) & (sharp > 0.1)).any()
    assert seen.mean() == pytest.approx(0.5, abs=1e-3)
