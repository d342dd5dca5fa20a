"""What every processor offers the rest of the SDK: run one block, say what ran, close."""

from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.geometry import Box, Size
from litedenoise_sdk.options import Delegate, Precision

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
    """

    requested: Delegate
    actual: Delegate
    reason: str
    accelerated_operators: int
    total_operators: int
    precision: Precision
    block: Size
    threads: int


class Runtime(Protocol):
    """A model opened on one processor for blocks of one size. Safe to call from several threads."""

    @property
    def report(self) -> RunReport: ...

    def run(self, block: NDArray[Pixel], kept: Box | None = None) -> NDArray[Pixel]:
        """Denoises one block.

        Args:
            block: RGB, shape (height, width, 3) as in ``report.block``; uint8 in 0 to 255, uint16
                in 0 to 65535, or float32 in 0 to 1.
            kept: the part of the result that will be used; all of it by default.

        Returns:
            A new array of the same shape, dtype and range; anything may stand outside ``kept``.

        Raises:
            ValueError: another shape or dtype, or the runtime was closed.
            DelegateError: the processor failed.
        """
        ...

    def close(self) -> None:
        """Frees the processor's memory. Closing twice is allowed."""
        ...


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
