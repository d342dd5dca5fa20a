"""The open models, few at a time."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

from litedenoise_sdk.options import DenoiserOptions, Precision
from litedenoise_sdk.plan_and_report import DenoisePlan
from litedenoise_sdk.progress import ProgressCallback
from litedenoise_sdk.runner import Run, Runner
from litedenoise_sdk.server.settings import ServerSettings

_OPEN = 2


class Denoisers:
    """One Runner for each precision that was asked for lately.

    Inference takes turns: one photo keeps all cores busy, and two would need the memory twice.
    """

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = settings
        self._turn = threading.Lock()
        self._open: OrderedDict[Precision, Runner] = OrderedDict()

    def denoise(
        self,
        pixels: NDArray[Any],
        precision: Precision,
        progress: ProgressCallback,
        planned: Callable[[DenoisePlan], object],
    ) -> Run:
        """The photo at full strength, and what it ran on.

        Args:
            pixels: (H, W, 3) uint8, uint16, or float32 in [0, 1].
            planned: told what will be computed, unless the result is still there.

        Raises:
            What ``Runner.run`` raises.
        """
        with self._turn:
            return self._opened(precision).run(pixels, progress=progress, planned=planned)

    def close(self) -> None:
        """Frees all memory once the current photo is finished."""
        with self._turn:
            while self._open:
                self._open.popitem()[1].close()

    def _opened(self, precision: Precision) -> Runner:
        runner = self._open.pop(precision, None)
        if runner is None:
            if len(self._open) == _OPEN:
                self._open.popitem(last=False)[1].close()
            runner = Runner(
                DenoiserOptions(
                    precision=precision,
                    threads=self._settings.threads,
                    max_memory_mb=self._settings.max_memory_mb,
                )
            )
        self._open[precision] = runner
        return runner
