"""LiteRT on the CPU, with XNNPACK's kernels."""

import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.geometry import Box, Size
from litedenoise_sdk.model.graph import Graph
from litedenoise_sdk.model.load import LoadedModel
from litedenoise_sdk.model.receptive_field import check_block_size
from litedenoise_sdk.options import Delegate
from litedenoise_sdk.progress import ProgressCallback, report_progress
from litedenoise_sdk.runtime.cpu.choose import plan_photo, plan_whole
from litedenoise_sdk.runtime.cpu.nodes import Network
from litedenoise_sdk.runtime.cpu.photo import denoise_photo
from litedenoise_sdk.runtime.cpu.plan import RowsPlan
from litedenoise_sdk.runtime.cpu.stream import Stream
from litedenoise_sdk.runtime.freed_memory import release_freed_memory
from litedenoise_sdk.runtime.protocol import Pixel, RunReport, Take, Task, check_block

_WITHOUT_XNNPACK_KERNEL = frozenset(
    {
        ("RESIZE_NEAREST_NEIGHBOR", "FLOAT32"),
        ("RESIZE_NEAREST_NEIGHBOR", "INT8"),
        ("MINIMUM", "INT8"),
    }
)
"""These run in LiteRT's own kernels, between the parts of the graph that XNNPACK takes."""


_BASELINE_BYTES = 60_000_000
"""Python, numpy and LiteRT loaded, before a model is opened; measured on x86-64 Linux with
ai-edge-litert 2.3.0 as resident memory, which ``python -m benchmarks.memory`` checks."""

_PIXELS_BYTES = 10_000_000
"""Pixels of the tiles in work, and what measuring and blending the result takes."""


class LiteRtCpuRuntime:
    """A model opened by LiteRT on the CPU; see ``Runtime`` for its contract."""

    def __init__(
        self, model: LoadedModel, block: Size, threads: int, requested: Delegate, reason: str
    ) -> None:
        """Opens ``model`` for blocks of one size.

        Args:
            block: height and width, multiples of the model's stride.
            threads: CPU threads that each block is spread over, at least 1.
            requested, reason: for the report.

        Raises:
            OptionsError: a side of ``block`` is not a multiple of the stride.
            CorruptModel: the network cannot be run in stages.
            DelegateError: LiteRT is not installed or cannot open the model, or memory ran out.
        """
        check_block_size(model.graph, block)
        self.plan = plan_whole(Network.of(model.graph), block)
        self._stream: Stream | None = Stream(model, self.plan, threads)
        self._lock = threading.Lock()
        self.report = _report(model, block, threads, requested, reason)

    def run(self, block: NDArray[Pixel]) -> NDArray[Pixel]:
        """Denoises one block; see ``Runtime.run``. Calls from several threads take turns."""
        check_block(block, self.report.block)
        result = np.empty(block.shape, block.dtype)

        def write(place: Box, pixels: NDArray[Any]) -> None:
            result[place.slices] = pixels

        with self._lock:
            if self._stream is None:
                raise ValueError("the runtime is closed; open another one")
            self._stream.run(0, lambda place: block[place.slices], write, lambda _: None)
        return result

    def close(self) -> None:
        """Frees the network's memory once no block is running. Closing twice is allowed."""
        with self._lock:
            self._stream = None
        release_freed_memory()


class CpuPhotoRuntime:
    """A model opened by LiteRT on the CPU for photos of one size; see ``PhotoRuntime``."""

    photo_is_free = True

    def __init__(
        self, model: LoadedModel, task: Task, threads: int, requested: Delegate, reason: str
    ) -> None:
        """Opens ``model`` for a photo.

        Raises:
            OptionsError: the memory budget is too small.
            CorruptModel: the network cannot be run in stages.
            DelegateError: LiteRT is not installed or cannot open the model, or memory ran out.
        """
        self.plan = plan_on_cpu(model, task)
        self._stream: Stream | None = Stream(model, self.plan, threads)
        self.report = _report(model, self.plan.block, threads, requested, reason)

    def denoise(
        self,
        photo: NDArray[Any],
        take: Take,
        progress: ProgressCallback | None,
    ) -> None:
        """Strip by strip; see ``PhotoRuntime.denoise``."""
        if self._stream is None:
            raise ValueError("the runtime is closed; open another one")
        steps = self.plan.grid.area
        report_progress(progress, 0, steps)
        denoise_photo(
            self._stream,
            self.plan,
            photo,
            take,
            lambda done: report_progress(progress, done, steps),
        )

    def close(self) -> None:
        """Frees the network's memory. Closing twice is allowed."""
        self._stream = None
        release_freed_memory()


def plan_on_cpu(model: LoadedModel, task: Task) -> RowsPlan:
    """How a photo gets through the CPU. Raises OptionsError if the memory does not suffice."""
    graph = model.graph
    item_bytes = 4 if graph.tensors[graph.input].type == "FLOAT32" else 1
    fixed_bytes = (
        task.held_bytes
        + _BASELINE_BYTES
        + _PIXELS_BYTES
        # The file as it was read and cut, and its weights repacked for the processor.
        + 3 * len(model.content)
        + graph.parameters * item_bytes
    )
    return plan_photo(Network.of(graph), task.photo, fixed_bytes, task.budget_bytes)


def _report(
    model: LoadedModel, block: Size, threads: int, requested: Delegate, reason: str
) -> RunReport:
    total = len(model.graph.operators)
    return RunReport(
        requested=requested,
        actual="cpu",
        reason=reason,
        accelerated_operators=total - _operators_outside_xnnpack(model.graph),
        total_operators=total,
        precision=model.sidecar.precision,
        block=block,
        threads=threads,
    )


def _operators_outside_xnnpack(graph: Graph) -> int:
    if graph.tensors[graph.input].type == "INT16":
        return len(graph.operators)  # it has no kernels for 16-bit activations
    return sum(
        (operator.name, graph.tensors[operator.outputs[0]].type) in _WITHOUT_XNNPACK_KERNEL
        for operator in graph.operators
    )
