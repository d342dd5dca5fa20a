"""LiteRT on the CPU, with XNNPACK's kernels.

One interpreter that spreads each block over all threads, rather than one interpreter per thread:
measured on two cores, the two ways differ by less than the noise in either direction, and a second
interpreter costs a second arena, which within a memory budget means smaller blocks and more halo.
While a block runs, the interpreter does not hold Python's global lock, so that other threads can
cut out the next block and put away the last one.
"""

import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.errors import DelegateError
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.graph import Graph
from litedenoise_sdk.model.load import LoadedModel
from litedenoise_sdk.model.retile import retile
from litedenoise_sdk.options import Delegate
from litedenoise_sdk.runtime.memory import release_freed_memory
from litedenoise_sdk.runtime.pixels import read_output, write_input
from litedenoise_sdk.runtime.protocol import Pixel, RunReport
from litedenoise_sdk.runtime.quiet import captured_log

_DTYPES = (np.uint8, np.uint16, np.float32)
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
        self, model: LoadedModel, block: Size, threads: int, requested: Delegate, reason: str
    ) -> None:
        """Opens ``model`` for blocks of one size.

        Args:
            block: height and width, multiples of the model's stride.
            threads: CPU threads that each block is spread over, at least 1.
            requested, reason: for the report.

        Raises:
            OptionsError: a side of ``block`` is not a multiple of the stride.
            DelegateError: LiteRT is not installed or cannot open the model, or memory ran out.
        """
        self._interpreter: Any = _open_interpreter(retile(model.content, block), block, threads)
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._output = self._interpreter.get_output_details()[0]["index"]
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

    def run(self, block: NDArray[Pixel]) -> NDArray[Pixel]:
        """Denoises one block; see ``Runtime.run``. Calls from several threads take turns."""
        expected = (self.report.block.height, self.report.block.width, 3)
        if block.shape != expected or block.dtype not in _DTYPES:
            raise ValueError(
                f"expected a block of shape {expected} and uint8, uint16 or float32, "
                f"got {block.shape} and {block.dtype}"
            )
        with self._lock:
            if self._interpreter is None:
                raise ValueError("the runtime is closed; open another one")
            # The interpreter refuses to run while a view of its memory lives.
            write_input(block, self._interpreter.tensor(self._input)())
            try:
                self._interpreter.invoke()
            except (RuntimeError, MemoryError) as error:
                raise DelegateError(
                    f"LiteRT failed on a block of {self.report.block}: {error}"
                ) from error
            return read_output(block, self._interpreter.tensor(self._output)())

    def close(self) -> None:
        """Frees the interpreter's memory once no block is running. Closing twice is allowed."""
        with self._lock:
            self._interpreter = None
        release_freed_memory()


def _operators_outside_xnnpack(graph: Graph) -> int:
    return sum(
        (operator.name, graph.tensors[operator.outputs[0]].type) in _WITHOUT_XNNPACK_KERNEL
        for operator in graph.operators
    )


def _open_interpreter(content: bytes, block: Size, threads: int) -> Any:
    log: list[str] = []
    try:
        with captured_log() as log:
            from ai_edge_litert.interpreter import Interpreter

            interpreter = Interpreter(model_content=content, num_threads=threads)
            interpreter.allocate_tensors()
            _check_shapes(interpreter, block)
    except ImportError as error:
        raise DelegateError(
            f"LiteRT cannot be loaded: {error}; install ai-edge-litert for this platform"
        ) from error
    except (RuntimeError, ValueError, MemoryError) as error:
        raise DelegateError(
            f"LiteRT cannot open the model for blocks of {block}: {' '.join([str(error), *log])}; "
            "try a smaller max_memory_mb"
        ) from error
    return interpreter


def _check_shapes(interpreter: Any, block: Size) -> None:
    """The interpreter works out every shape anew, and the last must be what retiling promised."""
    expected = (1, block.height, block.width, 3)
    for end in (interpreter.get_input_details()[0], interpreter.get_output_details()[0]):
        if tuple(end["shape"]) != expected:
            raise ValueError(f"expected a tensor of shape {expected}, got {tuple(end['shape'])}")
