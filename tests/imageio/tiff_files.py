"""TIFF files of tifffile, and whether one was read as it was meant."""

import io
from typing import Any

import numpy as np
import tifffile

from litedenoise_sdk.imageio import Photo, open_image

DTYPES = [np.uint8, np.uint16, np.float32]


def by_tifffile(array: Any, **options: Any) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, array, **{"metadata": None, **options})
    return file.getvalue()


def assert_same(photo: Photo, array: Any) -> None:
    expected, _ = open_image(array)
    assert photo.grey == expected.grey
    assert photo.pixels.dtype == array.dtype
    assert np.array_equal(photo.pixels, expected.pixels)
    assert (photo.alpha is None) == (expected.alpha is None)
    if photo.alpha is not None and expected.alpha is not None:
        assert np.array_equal(photo.alpha, expected.alpha)
