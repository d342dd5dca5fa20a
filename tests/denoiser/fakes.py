"""A runtime that stands in where the network does not matter."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk import (
    Size,
)
from litedenoise_sdk.geometry import Box
from litedenoise_sdk.progress import ProgressCallback, report_progress
from litedenoise_sdk.runtime.cpu.runtime import plan_on_cpu
from litedenoise_sdk.runtime.protocol import RunReport, Take, Task

PHOTO = np.random.default_rng(1).integers(0, 256, (70, 90, 3), np.uint8)


class Inverter:
    """A runtime that gives the negative, so that a result tells whether and how often it ran."""

    opened: "list[Inverter]"
    photo_is_free = True

    def __init__(self, model: Any, task: Task, delegate: Any, threads: int) -> None:
        self.plan = plan_on_cpu(model, task)
        self.report = RunReport(delegate, "cpu", "a fake", 1, 1, "int8", task.photo, threads)
        self.runs = 0
        self.closed = False

    def denoise(
        self,
        photo: NDArray[Any],
        take: Take,
        progress: ProgressCallback | None,
    ) -> None:
        assert not self.closed
        report_progress(progress, 0, 1)
        self.runs += 1
        most = 1 if photo.dtype == np.float32 else np.iinfo(photo.dtype).max
        take(Box.of(Size(*photo.shape[:2])), most - photo)
        report_progress(progress, 1, 1)

    def close(self) -> None:
        self.closed = True


def runs(fakes: list[Inverter]) -> int:
    return sum(fake.runs for fake in fakes)
