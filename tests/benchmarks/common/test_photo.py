"""The synthetic photo that times and memory are measured on."""

import numpy as np

from benchmarks.common.photo import synthetic_photo


def test_synthetic_photo_is_seeded_and_not_flat() -> None:
    photo = synthetic_photo(600, 700)
    assert photo.shape == (600, 700, 3)
    assert photo.dtype == np.uint8
    assert 10 < photo.std() < 90
    np.testing.assert_array_equal(photo, synthetic_photo(600, 700))
