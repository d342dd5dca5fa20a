"""What every processor offers the rest of the SDK: plan a photo, run it, say what ran, close."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.geometry import Box, Size
from litedenoise_sdk.options import Delegate, Precision
from litedenoise_sdk.progress import ProgressCallback

Pixel = TypeVar("Pixel", np.uint8, np.uint16, np.float32)


@dataclass(frozen=True, slots=True)
class RunReport:
    """What was asked for, what runs, and why.

    Attributes:
        requested: the delegate that the caller named.
        actual: the processor that runs the blocks.
        reason: one sentence on how the one became the other.
        accelerated_operators: operators of the graph that run in the processor's fast kernels.
        total_operators: operators of the graph.
        precision: number format of the model.
        block: height and width of each block, in pixels.
        threads: CPU threads that one block is spread over.
        device: what runs under that name, in its driver's words, as "OpenVINO's CPU device"; None
            where the name says it all.
        failure: what went wrong on another processor midway through a photo, which this one took
            over; None if nothing did.
    """

    requested: Delegate
    actual: Delegate
    reason: str
    accelerated_operators: int
    total_operators: int
    precision: Precision
    block: Size
    threads: int
    device: str | None = None
    failure: str | None = None


def failures(report: RunReport | None) -> tuple[str, ...]:
    """What a user should know about a run besides its result."""
    return (report.failure,) if report and report.failure else ()


class Runtime(Protocol):
    """A model opened on one processor for blocks of one size. Safe to call from several threads."""

    @property
    def report(self) -> RunReport: ...

    def run(self, block: NDArray[Pixel]) -> NDArray[Pixel]:
        """Denoises one block.

        Args:
            block: RGB, shape (height, width, 3) as in ``report.block``; uint8 in 0 to 255, uint16
                in 0 to 65535, or float32 in 0 to 1.

        Returns:
            A new array of the same shape, dtype and range.

        Raises:
            ValueError: another shape or dtype, or the runtime was closed.
            DelegateError: the processor failed.
        """
        ...

    def close(self) -> None:
        """Frees the processor's memory. Closing twice is allowed."""
        ...


@dataclass(frozen=True, slots=True)
class Task:
    """A photo to be denoised, and the memory for it.

    Attributes:
        photo: height and width.
        item_bytes: bytes of one value of the photo.
        budget_bytes: peak resident memory of the process beyond the photo and its result.
        held_bytes: what of it is taken already.
    """

    photo: Size
    item_bytes: int
    budget_bytes: int
    held_bytes: int


class PhotoPlan(Protocol):
    """How a processor gets through a photo, and what that takes."""

    @property
    def block(self) -> Size:
        """The most that is computed between two progress reports."""

    @property
    def grid(self) -> Size:
        """How many of these there are, down (height) and across (width)."""

    @property
    def peak_memory_bytes(self) -> int:
        """Expected peak of resident memory beyond the photo and its result."""

    @property
    def work_factor(self) -> float:
        """What is computed, as a multiple of what the network needs for the photo's pixels."""


Take = Callable[[Box, NDArray[Any]], None]
"""Takes denoised pixels (h, w, 3), with their place in the photo; called from several threads."""


class PhotoRuntime(Protocol):
    """A model opened on one processor for photos of one size. Not for two threads at a time."""

    @property
    def plan(self) -> PhotoPlan: ...

    @property
    def report(self) -> RunReport: ...

    @property
    def photo_is_free(self) -> bool:
        """Whether ``take`` may write to the place in the photo that it is given."""

    def denoise(
        self,
        photo: NDArray[Any],
        take: Take,
        progress: ProgressCallback | None,
    ) -> None:
        """Denoises ``photo``, (H, W, 3), and gives each pixel to ``take`` once.

        Raises:
            Cancelled: ``progress`` asked to stop; only a part was taken then.
            DelegateError: the processor failed.
        """

    def close(self) -> None:
        """Frees the processor's memory. Closing twice is allowed."""


_DTYPES = (np.uint8, np.uint16, np.float32)


def check_block(block: NDArray[Pixel], size: Size) -> None:
    """Refuses what ``Runtime.run`` is not made for.

    Raises:
        ValueError: another shape than ``size`` in RGB, or another dtype.
    """
    expected = (size.height, size.width, 3)
    if block.shape != expected or block.dtype not in _DTYPES:
        raise ValueError(
            f"expected a block of shape {expected} and uint8, uint16 or float32, "
            f"got {block.shape} and {block.dtype}"
        )
