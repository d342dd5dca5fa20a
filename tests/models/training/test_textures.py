"""Textures put on clean crops: colourless, in parts, drawn from a seed."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.training.textures import with_texture

GREY = np.full((64, 96, 3), (120, 60, 180), np.uint8)


def test_a_texture_changes_brightness_and_not_colour() -> None:
    textured = with_texture(GREY, np.random.default_rng(0)).astype(float)
    assert textured.shape == GREY.shape
    assert textured[..., 0].std() > 1
    np.testing.assert_allclose(textured[..., 0], textured[..., 1] * 2, atol=2)


@given(st.integers(0, 2**31))
def test_textures_are_fine_and_the_same_from_the_same_seed(seed: int) -> None:
    textured = with_texture(GREY, np.random.default_rng(seed))
    np.testing.assert_array_equal(textured, with_texture(GREY, np.random.default_rng(seed)))
    brightness = textured[..., 2].astype(float)
    coarse = brightness.reshape(2, 32, 2, 48).mean((1, 3))
    assert np.abs(coarse - 180).max() < max(6.0, brightness.std())


def test_black_stays_black() -> None:
    black = np.zeros((32, 32, 3), np.uint8)
    assert not with_texture(black, np.random.default_rng(1)).any()
