"""One model, opened when it is needed, and the runtime for the blocks of the last photo."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.errors import LiteDenoiseError
from litedenoise_sdk.geometry import Box, Size
from litedenoise_sdk.memo import memo_bytes
from litedenoise_sdk.memory import StagedCost
from litedenoise_sdk.model.load import LoadedModel, load_model, load_released
from litedenoise_sdk.options import DenoiserOptions
from litedenoise_sdk.pipeline import denoise_blocks
from litedenoise_sdk.progress import ProgressCallback
from litedenoise_sdk.runtime.blocks import block_cost
from litedenoise_sdk.runtime.openers import openers
from litedenoise_sdk.runtime.protocol import RunReport, Runtime
from litedenoise_sdk.runtime.select import open_runtime
from litedenoise_sdk.tiling import BlockPlan, LinearCost, choose_block


class Engine:
    """Denoises whole photos at full strength.

    Threads take turns, photo by photo: one photo keeps all cores busy, and two at a time would
    need the memory twice.
    """

    def __init__(self, options: DenoiserOptions) -> None:
        self._options = options
        self._turn = threading.RLock()
        self._running = False
        self._model: LoadedModel | None = None
        self._runtime: Runtime | None = None
        self._opened_for: tuple[Size, tuple[Box, ...]] | None = None

    @property
    def model(self) -> LoadedModel:
        """The model, read on first use. Raises ModelError where it cannot be used."""
        with self._turn:
            if self._model is None:
                if self._options.model is None:
                    self._model = load_released(self._options.precision)
                else:
                    self._model = load_model(self._options.model)
            return self._model

    def plan(self, photo: Size, item_bytes: int) -> tuple[BlockPlan, int]:
        """The blocks that a photo is computed in, and the peak of memory in bytes beyond arrays.

        Args:
            photo: height and width.
            item_bytes: bytes of one value of the photo.

        Raises:
            OptionsError: the memory budget is too small for any block.
            ModelError: the model cannot be used.
        """
        model, budget = self.model, self._options.memory_bytes
        halo_px = model.sidecar.halo_px
        held_bytes = memo_bytes(3 * photo.area * item_bytes, budget)
        usable = block_cost(self._options.delegate)
        cost: LinearCost | StagedCost
        if usable is None:
            cost = StagedCost(model.graph, len(model.content), item_bytes, held_bytes)
        else:
            per_px = usable.bytes_per_px(model.graph.activation_bytes_per_px)
            cost = LinearCost(usable.fixed_bytes + held_bytes, per_px)
            budget = min(budget, cost.fixed_bytes + int(usable.most_px * per_px))
        plan = BlockPlan(photo, choose_block(photo, halo_px, cost, budget), halo_px)
        return plan, cost.of(plan)

    def run(
        self,
        pixels: NDArray[Any],
        progress: ProgressCallback | None,
        out: NDArray[Any] | None = None,
    ) -> tuple[NDArray[Any], RunReport]:
        """Denoises a photo (H, W, 3), uint8, uint16 or float32 in [0, 1].

        Args:
            out: where the result goes, of the same shape and dtype; None makes an array.

        Returns:
            The result, and what it ran on.

        Raises:
            Cancelled: the callback asked to stop.
            OptionsError, ModelError, DelegateError: the options, model or processor will not do.
        """
        result = np.empty(pixels.shape, pixels.dtype) if out is None else out
        with self._taking_turn():
            plan, _ = self.plan(Size(*pixels.shape[:2]), pixels.itemsize)
            runtime = self._opened(plan)
            denoise_blocks(pixels, result, plan, runtime, progress)
        return result, runtime.report

    def close(self) -> None:
        """Frees the processor's memory once the photo in work is finished."""
        with self._taking_turn():
            self._close_runtime()

    def _opened(self, plan: BlockPlan) -> Runtime:
        kept = tuple(block.kept for block in plan.blocks)
        if self._runtime is not None and self._opened_for == (plan.block, kept):
            return self._runtime
        self._close_runtime()  # first, as both together might not fit the budget
        options = self._options
        self._runtime = open_runtime(
            self.model,
            plan.block,
            options.delegate,
            options.threads or usable_cores(),
            openers(options.delegate_library, kept),
            policy=options.policy,
            budget_bytes=options.memory_bytes,
        )
        self._opened_for = plan.block, kept
        return self._runtime

    def _close_runtime(self) -> None:
        if self._runtime is not None:
            self._runtime.close()
            self._runtime = None

    @contextmanager
    def _taking_turn(self) -> Iterator[None]:
        with self._turn:
            if self._running:
                raise LiteDenoiseError(
                    "a progress callback used the Denoiser that called it; return False to stop, "
                    "and use the Denoiser afterwards"
                )
            self._running = True
            try:
                yield
            finally:
                self._running = False


def usable_cores() -> int:
    """How many CPU cores this process may run on."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        return os.cpu_count() or 1
