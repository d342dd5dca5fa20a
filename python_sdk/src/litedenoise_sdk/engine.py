"""One model, opened when it is needed, and the runtime for photos like the last one."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from numpy.typing import NDArray

from litedenoise_sdk.errors import DelegateError, LiteDenoiseError, OptionsError
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.last_result import last_result_bytes
from litedenoise_sdk.machine import usable_cores
from litedenoise_sdk.model.guard import guarded_model
from litedenoise_sdk.model.load import LoadedModel, load_model, load_released
from litedenoise_sdk.options import Delegate, DenoiserOptions
from litedenoise_sdk.progress import ProgressCallback
from litedenoise_sdk.runtime.openers import photo_openers, plan
from litedenoise_sdk.runtime.protocol import PhotoPlan, PhotoRuntime, RunReport, Take, Task
from litedenoise_sdk.runtime.select import open_runtime


class Engine:
    """Denoises whole photos at full strength.

    Threads take turns, photo by photo: one photo keeps all cores busy, and two at a time would
    need twice the memory.
    """

    def __init__(self, options: DenoiserOptions) -> None:
        self._options = options
        self._turn = threading.RLock()
        self._running = False
        self._model: LoadedModel | None = None
        self._runtime: PhotoRuntime | None = None
        self._opened_for: Task | None = None
        self._failure: str | None = None
        self._too_large: Task | None = None

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

    def plan(self, photo: Size, item_bytes: int) -> PhotoPlan:
        """How a photo will be computed, and what that takes.

        Args:
            photo: height and width.
            item_bytes: bytes of one value of the photo.

        Raises:
            OptionsError: the memory budget is too small.
            ModelError: the model cannot be used.
        """
        task = self._task(photo, item_bytes)
        threads = self._options.threads or usable_cores()
        return plan(self._options.delegate, self.model, task, threads)

    def run(
        self,
        pixels: NDArray[Any],
        begin: Callable[[PhotoRuntime], Take],
        progress: ProgressCallback | None,
        held_bytes: int = 0,
    ) -> RunReport:
        """Denoises a photo (H, W, 3), uint8, uint16 or float32 in [0, 1].

        Args:
            begin: called with what runs when the work starts, and again if it starts over. It
                returns what receives every pixel once.
            held_bytes: what else is held meanwhile; taken off the memory budget where that leaves
                enough to run.

        Returns:
            What it ran on.

        Raises:
            Cancelled: the callback asked to stop.
            OptionsError, ModelError, DelegateError: the options, model or processor cannot be used.
                A processor that fails midway, and that the caller did not name, is replaced by
                the CPU, which starts over.
        """
        task = self._task(Size(*pixels.shape[:2]), pixels.itemsize)
        with self._taking_turn():
            runtime = self._opened_beside(held_bytes, task)
            try:
                runtime.denoise(pixels, begin(runtime), progress)
            except DelegateError as error:
                if not self._may_fall_back(runtime.report.actual):
                    raise
                # For good: otherwise every photo would wait for the timeout again.
                self._failure = f"{runtime.report.actual} failed: {error}; cpu instead"
                self._close_runtime()
                runtime = self._opened_beside(held_bytes, task)
                runtime.denoise(pixels, begin(runtime), progress)
        return replace(runtime.report, failure=self._failure)

    def close(self) -> None:
        """Frees the processor's memory once the current photo is finished."""
        with self._taking_turn():
            self._close_runtime()

    def _task(self, photo: Size, item_bytes: int) -> Task:
        budget = self._options.memory_bytes
        return Task(
            photo, item_bytes, budget, last_result_bytes(3 * photo.area * item_bytes, budget)
        )

    def _may_fall_back(self, failed: Delegate) -> bool:
        chosen_freely = self._options.delegate == "auto" or self._options.policy == "allow"
        return failed != "cpu" and chosen_freely

    def _opened_beside(self, held_bytes: int, task: Task) -> PhotoRuntime:
        beside = replace(task, held_bytes=task.held_bytes + held_bytes)
        if beside != self._too_large:
            try:
                return self._opened(beside)
            except OptionsError:
                if not held_bytes:
                    raise
                self._too_large = beside
        return self._opened(task)

    def _opened(self, task: Task) -> PhotoRuntime:
        if self._runtime is not None and self._opened_for == task:
            return self._runtime
        self._close_runtime()  # first, as both together might not fit the budget
        options = self._options
        with guarded_model():
            if options.model is not None and self._opened_for is None:
                from litedenoise_sdk.runtime.auto.proof import prove

                prove(self.model)
            threads = options.threads or usable_cores()
            openers = photo_openers(options.delegate_library)
            if self._failure is not None:
                self._runtime = openers["cpu"](
                    self.model, task, threads, options.delegate, self._failure
                )
            else:
                self._runtime = open_runtime(
                    self.model, task, options.delegate, threads, openers, policy=options.policy
                )
        self._opened_for = task
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
