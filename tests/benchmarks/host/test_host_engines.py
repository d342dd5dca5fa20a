"""Engines on the same weights compute the same picture."""

import numpy as np
import pytest

from benchmarks.host.engines import denoise_whole
from benchmarks.photo import synthetic_photo
from litedenoise_sdk.model.load import load_released

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


def test_in_int8_onnx_runtime_computes_the_file_number_by_number() -> None:
    model, photo = load_released("int8"), synthetic_photo(48, 64)
    expected = denoise_whole("litert", model, THREADS, photo).astype(int)
    apart = np.abs(denoise_whole("onnxruntime", model, THREADS, photo) - expected)
    assert apart.mean() < 0.05


def test_in_int8_openvino_rounds_in_its_own_manner() -> None:
    model, photo = load_released("int8"), synthetic_photo(48, 64)
    expected = denoise_whole("litert", model, THREADS, photo).astype(int)
    apart = np.abs(denoise_whole("openvino", model, THREADS, photo) - expected).mean()
    assert apart < 0.5 * np.abs(photo - expected).mean()
