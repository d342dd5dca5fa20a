"""Delegates in a library of their own: NNAPI in Android's Python environments, and other hardware.

They are TensorFlow Lite's external delegates: a library that exports
``tflite_plugin_create_delegate``.
"""

import ctypes
import threading
from typing import Any

from numpy.typing import NDArray

from litedenoise_sdk.errors import DelegateError
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.load import LoadedModel
from litedenoise_sdk.model.retile import retile
from litedenoise_sdk.options import Delegate
from litedenoise_sdk.runtime.accelerators.compiled import check_output
from litedenoise_sdk.runtime.freed_memory import release_freed_memory
from litedenoise_sdk.runtime.interpreter import LiteRtInterpreter
from litedenoise_sdk.runtime.native_log import captured_log
from litedenoise_sdk.runtime.pixels import read_output, write_input
from litedenoise_sdk.runtime.protocol import Pixel, RunReport, check_block

NNAPI_LIBRARY = "libnnapi_external_delegate.so"

_ENTRY = "tflite_plugin_create_delegate"


class ExternalRuntime:
    """A model run through an external delegate; see ``Runtime`` for its contract."""

    def __init__(
        self,
        name: Delegate,
        library: str | None,
        model: LoadedModel,
        block: Size,
        threads: int,
        requested: Delegate,
        reason: str,
    ) -> None:
        """Loads the delegate and opens ``model`` with it.

        Args:
            library: path of the delegate's library; NNAPI has a usual name.

        Raises:
            OptionsError: a side of ``block`` is not a multiple of the stride.
            DelegateError: the library is not there or is no delegate, or takes no operator.
        """
        path = library or (NNAPI_LIBRARY if name == "nnapi" else None)
        if path is None:
            raise DelegateError("external needs delegate_library, the path of the delegate's file")
        content = retile(model.content, block)
        self._lock = threading.Lock()
        self._name = name
        self._interpreter: LiteRtInterpreter | None = LiteRtInterpreter(
            content, threads, block, sees=block, gives=block, delegate=_load(name, path)
        )
        total = len(model.graph.operators)
        taken = _taken_operators(self._interpreter.operators())
        if not taken:
            self.close()
            raise DelegateError(
                f"{name} ({path}) took no operator of the model, so all would run on the CPU "
                "unaccelerated; use the cpu delegate"
            )
        self.report = RunReport(
            requested=requested,
            actual=name,
            reason=f"{reason}; through {path}",
            accelerated_operators=min(taken, total),
            total_operators=total,
            precision=model.sidecar.precision,
            block=block,
            threads=threads,
        )

    def run(self, block: NDArray[Pixel]) -> NDArray[Pixel]:
        """Denoises one block; see ``Runtime.run``. Calls from several threads take turns."""
        check_block(block, self.report.block)
        with self._lock:
            if self._interpreter is None:
                raise ValueError("the runtime is closed; open another one")
            source = self._interpreter.input()[None]
            write_input(block, source)
            picture = source.copy()
            del source  # the interpreter does not run while a view of its memory lives
            self._interpreter.invoke()
            output = self._interpreter.output()[None].copy()
        check_output(output, picture, self._name)
        return read_output(block, output)

    def close(self) -> None:
        """Frees the memory once no block is running. Closing twice is allowed."""
        with self._lock:
            self._interpreter = None
        release_freed_memory()


def _load(name: Delegate, path: str) -> Any:
    try:
        # LiteRT's own loading leaves half an object behind where this fails.
        if not hasattr(ctypes.CDLL(path), _ENTRY):
            raise OSError("it is no delegate")
        with captured_log():
            from ai_edge_litert.interpreter import load_delegate

            return load_delegate(path)
    except ImportError as error:
        raise DelegateError(f"LiteRT cannot be loaded: {error}; install ai-edge-litert") from error
    except (OSError, ValueError, RuntimeError) as error:
        where = "; NNAPI is there on Android alone" if name == "nnapi" else ""
        raise DelegateError(
            f"{name} cannot load the delegate {path}: {error}{where}; give delegate_library the "
            f"path of a library that exports {_ENTRY}"
        ) from error


def _taken_operators(listed: list[dict[str, Any]]) -> int:
    """How many operators lie between what the delegate's parts read and what they write."""
    parts = [one for one in listed if one["op_name"] == "DELEGATE"]
    makers = {int(out): one for one in listed if one not in parts for out in one["outputs"]}
    taken: set[int] = set()
    for part in parts:
        given = {int(tensor) for tensor in part["inputs"]}
        waiting = [int(tensor) for tensor in part["outputs"]]
        while waiting:
            tensor = waiting.pop()
            if tensor in given or tensor in taken or tensor not in makers:
                continue
            taken.add(tensor)
            waiting += [int(one) for one in makers[tensor]["inputs"] if one >= 0]
    return len(taken)
