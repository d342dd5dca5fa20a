"""The LiteRT interpreter with nothing around it: what the processor could do at best."""

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.model.retile import retile
from litedenoise_sdk.options import Precision


class BareInterpreter:
    """A shipped model opened for one block size, input already in place."""

    def __init__(self, precision: Precision, block: Size, threads: int) -> None:
        from ai_edge_litert.interpreter import Interpreter

        content = retile(load_released(precision).content, block)
        self._interpreter: Any = Interpreter(model_content=content, num_threads=threads)
        self._interpreter.allocate_tensors()
        details = self._interpreter.get_input_details()[0]
        rng = np.random.default_rng(0)
        shape = (1, block.height, block.width, 3)
        pixels: NDArray[Any] = rng.random(shape, np.float32)
        if details["dtype"] == np.int8:
            pixels = (pixels * 255 - 128).astype(np.int8)
        elif details["dtype"] == np.int16:
            pixels = (pixels * 32767).astype(np.int16)
        self._interpreter.set_tensor(details["index"], pixels)
        self._interpreter.invoke()
        self._block = block

    def megapixels_per_second(self, megapixels: float) -> float:
        """Speed over as many invocations as cover about this many megapixels, at least one."""
        invocations = max(1, round(megapixels * 1e6 / self._block.area))
        started = time.perf_counter()
        for _ in range(invocations):
            self._interpreter.invoke()
        return invocations * self._block.area / 1e6 / (time.perf_counter() - started)
