"""The shipped weights and LiteRT."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from litedenoise_sdk import (
    Denoiser,
)
from tests.denoiser.fakes import PHOTO


@pytest.mark.parametrize("precision", ["fp32", "fp16", "int8"])
def test_every_precision_runs(precision: Any) -> None:
    with Denoiser(precision, threads=2) as denoiser:
        result = denoiser.denoise(PHOTO)
        assert denoiser.report is not None
        assert denoiser.report.precision == precision
        assert denoiser.report.actual == "cpu"
    assert result.shape == PHOTO.shape
    assert result.dtype == np.uint8


def test_threads_get_what_one_alone_gets() -> None:
    photos = [np.roll(PHOTO, shift, axis=1) for shift in range(4)]
    with Denoiser("int8") as denoiser:
        alone = [denoiser.denoise(photo) for photo in photos]
        with ThreadPoolExecutor(4) as workers:
            together = list(workers.map(denoiser.denoise, photos))
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_model_given_by_path() -> None:
    import litedenoise_sdk

    shipped = Path(litedenoise_sdk.__file__).parent / "released" / "litedenoisenet-int8.tflite"
    with Denoiser("int8") as by_name, Denoiser(model=shipped) as by_path:
        np.testing.assert_array_equal(by_path.denoise(PHOTO), by_name.denoise(PHOTO))
