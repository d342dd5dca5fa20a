"""Runs the network on a photo's pixels and blends: the one place where that happens."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.engine import Engine
from litedenoise_sdk.errors import DelegateError
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.last_result import LastResult, digest, last_result_bytes
from litedenoise_sdk.mixing import Mixer
from litedenoise_sdk.noise import RemovedNoise
from litedenoise_sdk.options import DenoiserOptions, Strength
from litedenoise_sdk.plan_and_report import DenoisePlan
from litedenoise_sdk.progress import ProgressCallback, report_progress
from litedenoise_sdk.runtime.protocol import PhotoRuntime, RunReport, Take
from litedenoise_sdk.tiling import blend

FULL = Strength()

_FILES_BYTES = 16_000_000
"""What decoders and encoders hold beside the pixels; measured with JPEG."""


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A photo that was denoised.

    Attributes:
        pixels: (H, W, 3) of the photo's dtype; the caller may write to them.
        report: what it ran on; None at strength 0, which runs nothing.
        noise: what the network removed; None likewise.
    """

    pixels: NDArray[Any]
    report: RunReport | None
    noise: RemovedNoise | None


class Runner:
    """One model, and the last result that is small enough to be kept.

    Threads take turns, photo by photo.
    """

    def __init__(self, options: DenoiserOptions) -> None:
        self._options = options
        self._engine = Engine(options)
        self._last = LastResult[Run]()
        self.last_report: RunReport | None = None

    def run(
        self,
        noisy: NDArray[Any],
        strength: Strength = FULL,
        progress: ProgressCallback | None = None,
        out: NDArray[Any] | None = None,
        *,
        in_all: bool = False,
        planned: Callable[[DenoisePlan], object] = lambda _: None,
    ) -> Run:
        """Denoises a photo (H, W, 3), uint8, uint16 or float32 in [0, 1].

        Args:
            out: where the result may go, of the same shape and dtype; may be ``noisy`` itself. It
                is not used if the result is small enough to be kept, or if the processor still
                needs the photo.
            in_all: whether the memory budget is for the photo and its result, too, and for reading
                and writing their files. It is for the network alone where that does not do.
            planned: told what will be computed before it is; not called where nothing is.

        Raises:
            Cancelled: ``progress`` returned False.
            OptionsError, ModelError, DelegateError: the options, model or processor cannot be used.
        """
        if strength.is_none:
            return Run(noisy.copy(), None, None)
        remembers = last_result_bytes(noisy.nbytes, self._options.memory_bytes) > 0
        held_bytes = 0
        if in_all:
            result_bytes = 0 if out is noisy and not remembers else noisy.nbytes
            held_bytes = noisy.nbytes + result_bytes + _FILES_BYTES
        if not remembers:
            return self._infer(noisy, strength, progress, out, held_bytes, planned)
        full = self._remembered(noisy, progress, held_bytes, planned)
        mixed = np.empty_like(full.pixels)
        blend(noisy, full.pixels, strength, mixed)
        return replace(full, pixels=mixed)

    def run_frame(self, noisy: NDArray[Any], strength: Strength, out: NDArray[Any]) -> None:
        """Writes the denoised frame of a video to ``out``, of the same shape and dtype.

        Nothing is remembered, as no frame comes twice. Raises what ``run`` raises.
        """
        if strength.is_none:
            np.copyto(out, noisy)
        else:
            self._infer(noisy, strength, None, out)

    def plan(self, photo: Size) -> DenoisePlan:
        """The work of an 8-bit photo of this size. Raises OptionsError and ModelError."""
        plan = self._engine.plan(photo, item_bytes=1)
        return DenoisePlan.of(photo, plan, self._options.memory_bytes)

    def close(self) -> None:
        """Waits for the current photo, if any, and frees all memory."""
        self._engine.close()
        self._last.forget()

    def _remembered(
        self,
        noisy: NDArray[Any],
        progress: ProgressCallback | None,
        held_bytes: int,
        planned: Callable[[DenoisePlan], object],
    ) -> Run:
        key = digest(noisy)
        kept = self._last.recall(key)
        if kept is not None:
            report_progress(progress, 1, 1)
            return kept
        self._last.forget()  # before inference, to make room
        result = self._infer(noisy, FULL, progress, None, held_bytes, planned)
        self._last.keep(key, result)
        return result

    def _infer(
        self,
        noisy: NDArray[Any],
        strength: Strength,
        progress: ProgressCallback | None,
        out: NDArray[Any] | None = None,
        held_bytes: int = 0,
        planned: Callable[[DenoisePlan], object] = lambda _: None,
    ) -> Run:
        mixers: list[Mixer] = []

        def begin(runtime: PhotoRuntime) -> Take:
            photo = Size(*noisy.shape[:2])
            planned(DenoisePlan.of(photo, runtime.plan, self._options.memory_bytes))
            pixels = out
            if pixels is None or (pixels is noisy and not runtime.photo_is_free):
                pixels = np.empty(noisy.shape, noisy.dtype)
            mixers.append(Mixer(noisy, strength, pixels))
            return mixers[-1].take

        try:
            self.last_report = self._engine.run(noisy, begin, progress, held_bytes)
        except DelegateError as error:
            error.delegate = self._options.delegate
            raise
        mixer = mixers[-1]
        return Run(mixer.out, self.last_report, mixer.meter.removed())
