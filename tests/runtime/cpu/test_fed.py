"""Rows in, rows out: the same pixels as from the whole array, read no earlier than needed."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from litedenoise_sdk import Denoiser
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.runtime.cpu.fed import denoise_rows
from litedenoise_sdk.runtime.cpu.nodes import Network
from litedenoise_sdk.runtime.cpu.plan import RowsPlan, plan_photo
from litedenoise_sdk.runtime.cpu.stream import Stream

MODEL = load_released("int8")
NETWORK = Network.of(MODEL.graph)


def noise(height: int, width: int) -> NDArray[np.uint8]:
    return np.random.default_rng(5).integers(0, 256, (height, width, 3), np.uint8)


def planned(height: int, width: int, budget_bytes: int = 30_000_000) -> RowsPlan:
    return plan_photo(NETWORK, Size(height, width), 0, budget_bytes, most_strips=1)


def parts(photo: NDArray[Any], rows: int) -> Iterator[NDArray[Any]]:
    for top in range(0, len(photo), rows):
        yield photo[top : top + rows]


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 400), st.integers(1, 90), st.integers(1, 100))
def test_rows_come_out_as_from_the_whole_array(height: int, width: int, at_a_time: int) -> None:
    photo, plan = noise(height, width), planned(height, width)
    stream = Stream(MODEL, plan, threads=2)
    result = np.concatenate(list(denoise_rows(stream, plan, parts(photo, at_a_time))))
    with Denoiser("int8", "cpu") as denoiser:
        np.testing.assert_array_equal(result, denoiser.denoise(photo))


def test_little_is_read_ahead_and_held() -> None:
    photo = noise(1500, 40)
    plan = planned(1500, 40, 12_000_000)
    read = 0

    def counted() -> Iterator[NDArray[np.uint8]]:
        nonlocal read
        for part in parts(photo, 8):
            read += len(part)
            yield part

    given_rows = 0
    for part in denoise_rows(Stream(MODEL, plan, threads=2), plan, counted()):
        given_rows += len(part)
        assert read - given_rows < 200 + 4 * plan.block.height < 1100
    assert read == given_rows == 1500


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ([], "ended before its last"),
        ([noise(8, 40)], "ended before its last"),
        ([noise(8, 41)] * 40, "expected rows of shape"),
        ([noise(8, 40), noise(8, 40).astype(np.uint16)] * 40, "expected rows of shape"),
    ],
)
def test_rows_of_another_photo_are_refused(wrong: list[NDArray[Any]], message: str) -> None:
    plan = planned(300, 40)
    with pytest.raises(ValueError, match=message):
        list(denoise_rows(Stream(MODEL, plan, threads=1), plan, wrong))


def test_whoever_stops_taking_stops_the_work() -> None:
    plan = planned(600, 40, 12_000_000)
    taken = denoise_rows(Stream(MODEL, plan, threads=2), plan, parts(noise(600, 40), 16))
    assert len(next(taken)) > 0
    taken.close()  # type: ignore[attr-defined]  # a generator
