"""Engines on the same weights compute the same picture."""

import numpy as np
import pytest

from benchmarks.common.photo import synthetic_photo
from benchmarks.host.engines import denoise_whole
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.runtime.auto.agreement import TOLERANCES, compare_residuals

THREADS = 2


@pytest.mark.parametrize("engine", ["openvino", "onnxruntime"])
def test_in_fp32_to_the_rounding(engine: str) -> None:
    model, photo = load_released("fp32"), synthetic_photo(50, 60)
    expected = denoise_whole("litert", model, THREADS, photo)
    found = denoise_whole(engine, model, THREADS, photo)
    assert found.shape == photo.shape
    assert found.dtype == np.uint8
    assert np.abs(found.astype(int) - expected).max() <= 1
    assert not np.array_equal(found, photo)


@pytest.mark.parametrize("engine", ["openvino", "onnxruntime"])
def test_in_int8_to_the_rounding(engine: str) -> None:
    model, photo = load_released("int8"), synthetic_photo(256, 256)
    pictures = [photo, *(denoise_whole(one, model, THREADS, photo) for one in ("litert", engine))]
    agreement = compare_residuals(*(picture.astype(np.float32) / 255 for picture in pictures))
    assert agreement.within(TOLERANCES["int8"]), agreement
    assert not np.array_equal(pictures[2], photo)
