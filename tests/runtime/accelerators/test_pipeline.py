"""Blocks through a runtime: all of them, a few at a time, until someone objects."""

import threading
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from litedenoise_sdk.errors import Cancelled, DelegateError
from litedenoise_sdk.geometry import Box, Size
from litedenoise_sdk.progress import Progress
from litedenoise_sdk.runtime.accelerators.pipeline import BLOCKS_IN_FLIGHT, denoise_blocks
from litedenoise_sdk.runtime.protocol import RunReport, Take
from litedenoise_sdk.tiling import BlockPlan

PLAN = BlockPlan(Size(150, 130), Size(64, 48), halo_px=16)
PHOTO = np.arange(PLAN.photo.area * 3, dtype=np.uint16).reshape(150, 130, 3)


@dataclass
class Inverter:
    """A runtime that turns pixels into their negative and remembers how it was used."""

    fail_at: int | None = None
    runs: int = 0
    inside: int = 0
    most_inside: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    report: RunReport = field(
        default_factory=lambda: RunReport("auto", "cpu", "a fake", 1, 1, "fp32", PLAN.block, 1)
    )

    def run(self, block: NDArray[Any], kept: object = None) -> NDArray[Any]:
        with self.lock:
            self.runs += 1
            self.inside += 1
            self.most_inside = max(self.most_inside, self.inside)
            number = self.runs
        try:
            assert block.shape == (PLAN.block.height, PLAN.block.width, 3)
            if number == self.fail_at:
                raise DelegateError("the processor went away")
            return np.iinfo(block.dtype).max - block
        finally:
            with self.lock:
                self.inside -= 1

    def close(self) -> None: ...


def into(result: NDArray[Any]) -> Take:
    def take(place: Box, denoised: NDArray[Any]) -> None:
        result[place.slices] = denoised

    return take


def nowhere(place: Box, denoised: NDArray[Any]) -> None: ...


def test_every_block_is_run_and_put_in_its_place() -> None:
    runtime, result = Inverter(), np.zeros_like(PHOTO)
    denoise_blocks(PHOTO, into(result), PLAN, runtime)
    np.testing.assert_array_equal(result, 65535 - PHOTO)
    assert runtime.runs == len(PLAN.blocks)
    assert runtime.most_inside <= BLOCKS_IN_FLIGHT


def test_progress_counts_every_block_in_the_callers_thread() -> None:
    seen: list[Progress] = []

    def note(progress: Progress) -> None:
        assert threading.current_thread() is caller
        seen.append(progress)

    caller = threading.current_thread()
    denoise_blocks(PHOTO, nowhere, PLAN, Inverter(), note)
    total = len(PLAN.blocks)
    assert seen == [Progress(done, total) for done in range(total + 1)]


@pytest.mark.parametrize("stop_at", [0, 1, 4, len(PLAN.blocks)])
def test_returning_false_cancels(stop_at: int) -> None:
    runtime = Inverter()
    with pytest.raises(Cancelled, match=f"after {stop_at} of {len(PLAN.blocks)}"):
        denoise_blocks(PHOTO, nowhere, PLAN, runtime, lambda at: at.done_blocks < stop_at)
    assert runtime.runs <= stop_at + BLOCKS_IN_FLIGHT
    assert runtime.inside == 0


def test_none_does_not_cancel() -> None:
    result = np.zeros_like(PHOTO)
    denoise_blocks(PHOTO, into(result), PLAN, Inverter(), lambda _: None)
    np.testing.assert_array_equal(result, 65535 - PHOTO)


@pytest.mark.parametrize("fail_at", [1, 2, len(PLAN.blocks)])
def test_a_failing_block_stops_the_photo(fail_at: int) -> None:
    runtime = Inverter(fail_at=fail_at)
    with pytest.raises(DelegateError, match="went away"):
        denoise_blocks(PHOTO, nowhere, PLAN, runtime)
    assert runtime.runs <= fail_at + BLOCKS_IN_FLIGHT
    assert runtime.inside == 0


def test_an_exception_in_the_callback_comes_through() -> None:
    def broken(_: Progress) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        denoise_blocks(PHOTO, nowhere, PLAN, Inverter(), broken)
