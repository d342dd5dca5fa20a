"""LiteRT on the CPU, with XNNPACK's kernels.

One block at a time, spread over all threads, rather than one block for each thread: measured on two
cores, the two ways differ by less than the noise in either direction, and a second block at a time
costs its memory twice, which within a memory budget means smaller blocks and more halo. While a
block runs, Python's global lock is free, so that other threads can cut out the next block and put
away the last one.
"""

import threading
from collections.abc import Collection

from numpy.typing import NDArray

from litedenoise_sdk.geometry import Box, Size
from litedenoise_sdk.model.graph import Graph
from litedenoise_sdk.model.load import LoadedModel
from litedenoise_sdk.options import Delegate
from litedenoise_sdk.runtime.memory import release_freed_memory
from litedenoise_sdk.runtime.protocol import Pixel, RunReport, check_block
from litedenoise_sdk.runtime.staged import StagedNetwork

_WITHOUT_XNNPACK_KERNEL = frozenset(
    {
        ("RESIZE_NEAREST_NEIGHBOR", "FLOAT32"),
        ("RESIZE_NEAREST_NEIGHBOR", "INT8"),
        ("MINIMUM", "INT8"),
    }
)
"""These run in LiteRT's own kernels, between the parts of the graph that XNNPACK takes."""


class LiteRtCpuRuntime:
    """A model opened by LiteRT on the CPU; see ``Runtime`` for its contract."""

    def __init__(
        self,
        model: LoadedModel,
        block: Size,
        threads: int,
        requested: Delegate,
        reason: str,
        kept: Collection[Box] = (),
    ) -> None:
        """Opens ``model`` for blocks of one size.

        Args:
            block: height and width, multiples of the model's stride.
            threads: CPU threads that each block is spread over, at least 1.
            requested, reason: for the report.
            kept: parts of blocks that will be asked for, to be ready for these above all.

        Raises:
            OptionsError: a side of ``block`` is not a multiple of the stride.
            CorruptModel: the network cannot be run in stages.
            DelegateError: LiteRT is not installed or cannot open the model, or memory ran out.
        """
        self._network: StagedNetwork | None = StagedNetwork(model, block, threads, kept)
        self._lock = threading.Lock()
        total = len(model.graph.operators)
        self.report = RunReport(
            requested=requested,
            actual="cpu",
            reason=reason,
            accelerated_operators=total - _operators_outside_xnnpack(model.graph),
            total_operators=total,
            precision=model.sidecar.precision,
            block=block,
            threads=threads,
        )

    def run(self, block: NDArray[Pixel], kept: Box | None = None) -> NDArray[Pixel]:
        """Denoises one block; see ``Runtime.run``. Calls from several threads take turns."""
        check_block(block, self.report.block)
        with self._lock:
            if self._network is None:
                raise ValueError("the runtime is closed; open another one")
            return self._network.run(block, kept)

    def close(self) -> None:
        """Frees the network's memory once no block is running. Closing twice is allowed."""
        with self._lock:
            self._network = None
        release_freed_memory()


def _operators_outside_xnnpack(graph: Graph) -> int:
    if graph.tensors[graph.input].type == "INT16":
        return len(graph.operators)  # it has no kernels for activations of 16 bits
    return sum(
        (operator.name, graph.tensors[operator.outputs[0]].type) in _WITHOUT_XNNPACK_KERNEL
        for operator in graph.operators
    )
