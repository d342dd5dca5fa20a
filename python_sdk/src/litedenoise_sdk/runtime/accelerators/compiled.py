"""LiteRT's CompiledModel on one accelerator alone, so that nothing runs elsewhere unnoticed.

LiteRT also takes an accelerator together with the CPU, and then moves what the accelerator declines
to the CPU without a word. Here it is the accelerator or an error that says why.
"""

import os
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.errors import DelegateError
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.load import LoadedModel
from litedenoise_sdk.model.retile import retile
from litedenoise_sdk.options import Delegate
from litedenoise_sdk.runtime.accelerators.reasons import reason as reason_in_log
from litedenoise_sdk.runtime.freed_memory import release_freed_memory
from litedenoise_sdk.runtime.native_log import captured_log
from litedenoise_sdk.runtime.pixels import read_output, write_input
from litedenoise_sdk.runtime.protocol import Pixel, RunReport, check_block


@dataclass(frozen=True, slots=True)
class Accelerator:
    """How LiteRT reaches one kind of processor.

    Attributes:
        name: the delegate.
        prepare: gives LiteRT's environment and options for a model; raises DelegateError where
            something is missing.
        device: finds the device's own name in LiteRT's log.
        remedy: what to do where LiteRT cannot use it.
    """

    name: Delegate
    prepare: Callable[[LoadedModel], tuple[Any, Any]]
    device: Callable[[list[str]], str]
    remedy: str


_processes: set[int] = set()
"""Those that opened an accelerator, not what they fork: drivers' threads do not survive that."""


class CompiledRuntime:
    """A model compiled for an accelerator; see ``Runtime`` for its contract."""

    def __init__(
        self,
        accelerator: Accelerator,
        model: LoadedModel,
        block: Size,
        threads: int,
        requested: Delegate,
        reason: str,
    ) -> None:
        """Compiles ``model`` for blocks of one size.

        Raises:
            OptionsError: a side of ``block`` is not a multiple of the stride.
            DelegateError: the accelerator is not there or does not take the whole model; says why.
        """
        if model.sidecar.precision == "int16x8":
            raise DelegateError(
                f"{accelerator.name} cannot run int16x8: LiteRT's Python interface hands no 16-bit "
                "numbers to accelerators; take int8 or fp16, or the cpu delegate"
            )
        _check_process(accelerator.name)
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._accelerator = accelerator
        ends = model.graph.tensors[model.graph.input], model.graph.tensors[model.graph.output]
        self._input: NDArray[Any] = np.zeros(
            (1, block.height, block.width, 3), ends[0].type.lower()
        )
        self._output_dtype = np.dtype(ends[1].type.lower())
        opened, log = _open(accelerator, model, block, self._input)
        self._opened: _Opened | None = opened
        _processes.add(self._process)
        self._close = weakref.finalize(self, _close_quietly, opened, self._process)
        if not opened.is_whole:
            self.close()
            raise DelegateError(
                f"{accelerator.name} takes only part of the model; `litedenoise lint` names "
                f"operators to replace; {accelerator.remedy}"
            )
        total = len(model.graph.operators)
        device = accelerator.device(log)
        self.report = RunReport(
            requested=requested,
            actual=accelerator.name,
            reason=f"{reason}; on {device}" if device else reason,
            accelerated_operators=total,
            total_operators=total,
            precision=model.sidecar.precision,
            block=block,
            threads=threads,
            device=device or None,
        )

    def run(self, block: NDArray[Pixel]) -> NDArray[Pixel]:
        """Denoises one block; see ``Runtime.run``. Calls from several threads take turns."""
        check_block(block, self.report.block)
        if self._process != os.getpid():
            raise _forked(self._accelerator.name)
        with self._lock:
            if self._opened is None:
                raise ValueError("the runtime is closed; open another one")
            write_input(block, self._input)
            try:
                output = self._opened.run(self._input, self._output_dtype)
            except (RuntimeError, MemoryError) as error:
                raise DelegateError(
                    f"{self._accelerator.name} failed on a block: {error}; use the cpu delegate"
                ) from error
        check_output(output, self._input, self._accelerator.name)
        return read_output(block, output)

    def close(self) -> None:
        """Frees the accelerator once no block is running. Closing twice is allowed."""
        with self._lock:
            self._opened = None
            self._close()
        release_freed_memory()


class _Opened:
    """LiteRT's objects, which must be released in order."""

    def __init__(self, content: bytes, environment: Any, options: Any) -> None:
        from ai_edge_litert.compiled_model import CompiledModel

        self._model = CompiledModel.from_buffer(content, environment=environment, options=options)
        self._inputs = self._model.create_input_buffers(0)
        self._outputs = self._model.create_output_buffers(0)
        self._environment = environment
        self.is_whole = self._model.is_fully_accelerated()

    def write(self, picture: NDArray[Any]) -> None:
        self._inputs[0].write(picture)

    def run(self, picture: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
        self.write(picture)
        self._model.run_by_index(0, self._inputs, self._outputs)
        output: NDArray[Any] = self._outputs[0].read(picture.size, dtype.type)
        return output.reshape(picture.shape)

    def close(self) -> None:
        for buffer in (*self._inputs, *self._outputs):
            buffer.destroy()
        self._inputs, self._outputs = [], []
        self._model.close()
        self._environment.close()


def _open(
    accelerator: Accelerator, model: LoadedModel, block: Size, picture: NDArray[Any]
) -> tuple[_Opened, list[str]]:
    """The model compiled, with ``picture`` written to its input, and what LiteRT logged meanwhile.

    Raises:
        DelegateError: LiteRT cannot use the accelerator for it.
    """
    content = retile(model.content, block)
    log: list[str] = []
    try:
        with captured_log(quiet=True) as log:
            opened = _Opened(content, *accelerator.prepare(model))
            opened.write(picture)  # the first one writes pages to the log
    except (RuntimeError, ValueError, MemoryError, OSError) as error:
        cause = reason_in_log(log) or "LiteRT does not say why"
        raise DelegateError(
            f"{accelerator.name} cannot run the model: {cause}; {accelerator.remedy}"
        ) from error
    return opened, log


def _close_quietly(opened: _Opened, process: int) -> None:
    if process != os.getpid():  # the threads that would answer stayed behind
        return
    with captured_log(quiet=True):
        opened.close()


def _check_process(name: str) -> None:
    if _processes and os.getpid() not in _processes:
        raise _forked(name)


def _forked(name: str) -> DelegateError:
    return DelegateError(
        f"{name} was opened before this process was forked, and does not survive that; start "
        "processes with the method 'spawn', or use the cpu delegate"
    )


def check_output(output: NDArray[Any], picture: NDArray[Any], name: str) -> None:
    """Refuses what a broken driver returns: NaN, infinity, or one value everywhere.

    Raises:
        DelegateError: ``output`` is not a picture, though ``picture`` is.
    """
    if output.dtype.kind == "f" and not np.isfinite(output).all():
        fault = "NaN or infinity"
    elif np.ptp(output) == 0 < np.ptp(picture):
        fault = "one colour for the whole block"
    else:
        return
    raise DelegateError(f"{name} gave {fault}; its driver is broken, use the cpu delegate")
