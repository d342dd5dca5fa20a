"""LiteRT's interpreter with XNNPACK's kernels, opened and run with clear errors."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.errors import DelegateError
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.runtime.native_log import captured_log


class LiteRtInterpreter:
    """One model file opened for inference. Not to be used by two threads at a time."""

    def __init__(
        self,
        content: bytes,
        threads: int,
        block: Size,
        *,
        sees: Size,
        gives: Size,
        delegate: Any = None,
    ) -> None:
        """Opens ``content``.

        Args:
            content: bytes of a .tflite file.
            threads: CPU threads, at least 1.
            block: what the caller asked for, named in errors.
            sees, gives: height and width that the first input and the output have to have.
            delegate: LiteRT's handle of an external delegate, which then takes XNNPACK's place.

        Raises:
            DelegateError: LiteRT is not installed or cannot open the model, or memory ran out.
        """
        self._block = block
        self._interpreter: Any = _open(content, threads, block, sees, gives, delegate)
        self._inputs = [tensor["index"] for tensor in self._interpreter.get_input_details()]
        self._outputs = [tensor["index"] for tensor in self._interpreter.get_output_details()]

    # The interpreter refuses to run while a view of its memory lives: do not keep these.

    def input(self, number: int = 0) -> NDArray[Any]:
        """The memory of an input, (height, width, channels), to write to."""
        return self._view(self._inputs[number])

    def output(self) -> NDArray[Any]:
        """The memory of the output, (height, width, channels)."""
        return self._view(self._outputs[0])

    def invoke(self) -> None:
        """Computes the output from the inputs, which keep their values.

        Raises:
            DelegateError: LiteRT failed.
        """
        try:
            self._interpreter.invoke()
        except (RuntimeError, MemoryError) as error:
            raise DelegateError(f"LiteRT failed on a block of {self._block}: {error}") from error

    def operators(self) -> list[dict[str, Any]]:
        """What runs, as LiteRT lists it: each part that a delegate took is an operator of its own
        called DELEGATE, beside the operators it stands for."""
        details: list[dict[str, Any]] = self._interpreter._get_ops_details()
        return details

    def _view(self, tensor: int) -> NDArray[Any]:
        view: NDArray[Any] = self._interpreter.tensor(tensor)()
        return np.squeeze(view, 0)


def _open(content: bytes, threads: int, block: Size, sees: Size, gives: Size, delegate: Any) -> Any:
    log: Sequence[str] = []
    try:
        with captured_log() as log:
            from ai_edge_litert.interpreter import Interpreter, OpResolverType

            given: dict[str, Any] = {}
            if delegate is not None:
                given["experimental_delegates"] = [delegate]
                given["experimental_op_resolver_type"] = (
                    OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
                )
            interpreter = Interpreter(model_content=content, num_threads=threads, **given)
            interpreter.allocate_tensors()
            _check_size(interpreter.get_input_details()[0], sees)
            _check_size(interpreter.get_output_details()[0], gives)
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


def _check_size(tensor: Any, size: Size) -> None:
    """The interpreter works out every shape anew: a retiled file must give those promised."""
    found = Size(*(int(side) for side in tensor["shape"][1:3]))
    if found != size:
        raise ValueError(f"expected a tensor of {size}, got {found}")
