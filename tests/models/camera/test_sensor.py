"""The sensor: its noise, its defects, and its colours."""

import keras
import numpy as np
import pytest

from models.camera.sensor import defects, demosaic, mosaic, read_noise, shot_noise, white_balanced
from tests.models.camera.values import column


@pytest.mark.parametrize("level", [0.02, 0.2, 0.7])
def test_sensor_noise_has_the_variance_that_was_asked_for(level: float) -> None:
    raw = np.full((2, 256, 256, 1), level, np.float32)
    shot, read = column(0.01, 0.001), column(1e-4, 4e-4)
    seed = keras.random.SeedGenerator(0)
    noise = np.asarray(shot_noise(raw, shot, seed) + read_noise(raw, np.sqrt(read), seed))
    np.testing.assert_allclose(noise.var((1, 2, 3)), (shot * level + read).ravel(), rtol=0.03)
    np.testing.assert_allclose(noise.mean((1, 2, 3)), 0, atol=2e-3)


def test_row_noise_is_common_to_a_row() -> None:
    raw = np.zeros((1, 512, 64, 1), np.float32)
    seed = keras.random.SeedGenerator(0)
    noise = np.asarray(defects(raw, column(0.1), column(0), 0.0, seed))
    assert np.ptp(noise, axis=2).max() == 0
    assert noise.std() == pytest.approx(0.1, rel=0.1)


def test_hot_pixels_come_at_the_rate_that_was_asked_for() -> None:
    raw = np.zeros((1, 512, 512, 1), np.float32)
    seed = keras.random.SeedGenerator(0)
    noise = np.asarray(defects(raw, column(0), column(0.1), 1e-3, seed))
    assert (noise > 0.055).mean() == pytest.approx(1e-3, rel=0.2)


def test_demosaicing_gives_back_smooth_colours() -> None:
    rows, columns = np.mgrid[0:64, 0:64] / 64
    ramp = np.stack([rows, columns, 1 - rows], -1)[None].astype(np.float32)
    inner = np.s_[:, 4:-4, 4:-4]
    np.testing.assert_allclose(np.asarray(demosaic(mosaic(ramp)))[inner], ramp[inner], atol=1e-5)


def test_white_balance_gives_each_pixel_its_colours_gain() -> None:
    rgb = np.random.default_rng(0).random((2, 8, 6, 3)).astype(np.float32)
    gains = np.array([[2, 1, 1.5], [1.2, 1, 3]], np.float32).reshape(2, 1, 1, 3)
    found = np.asarray(white_balanced(np.asarray(mosaic(rgb)), gains))
    np.testing.assert_allclose(found, np.asarray(mosaic(rgb * gains)), rtol=1e-6)
