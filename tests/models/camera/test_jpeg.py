"""JPEG as a real encoder loses it."""

import io

import numpy as np
import pytest
from PIL import Image

from models.camera.jpeg import jpeg_round_trip
from tests.models.camera.values import column


@pytest.mark.parametrize("quality", [50, 84, 95])
@pytest.mark.parametrize("subsample", [0, 1])
def test_jpeg_equals_a_real_encoder(photo: np.ndarray, quality: int, subsample: int) -> None:
    ours = np.asarray(jpeg_round_trip(photo, column(quality), column(subsample)))[0] * 255
    file = io.BytesIO()
    pixels = Image.fromarray((photo[0] * 255).round().astype(np.uint8))
    pixels.save(file, "JPEG", quality=quality, subsampling=2 * subsample)
    theirs = np.asarray(Image.open(file), np.float32)
    loss = np.sqrt(np.mean((theirs - photo[0] * 255) ** 2))
    difference = np.sqrt(np.mean((ours - theirs) ** 2))
    assert difference < 0.35 * loss + 0.6


def test_blocks_of_a_cut_jpeg_begin_anywhere(photo: np.ndarray) -> None:
    quality, subsample = column(60), column(1)
    moved = np.roll(photo, (-5, -11), axis=(1, 2))
    expected = np.roll(np.asarray(jpeg_round_trip(moved, quality, subsample)), (5, 11), axis=(1, 2))
    offset = np.array([5, 11], np.float32)
    found = np.asarray(jpeg_round_trip(photo, quality, subsample, offset))
    np.testing.assert_array_equal(found, expected)
    assert np.abs(found - np.asarray(jpeg_round_trip(photo, quality, subsample))).max() > 0.02
