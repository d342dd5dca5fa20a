"""Denoiser: the public door. Knows photos, blocks and strengths; no LiteRT and no Pillow."""

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.errors import OptionsError
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio import check_target, decode, open_image, save
from litedenoise_sdk.memo import Memo, digest, memo_bytes
from litedenoise_sdk.options import Delegate, DenoiserOptions, Policy, Precision, Strength
from litedenoise_sdk.progress import ProgressCallback, report_progress
from litedenoise_sdk.reports import DenoisePlan, FileReport
from litedenoise_sdk.restoration import Restoration
from litedenoise_sdk.runtime.protocol import RunReport
from litedenoise_sdk.tiling import blend


class Denoiser:
    """Denoises photographs of any size with one set of weights.

    Nothing is loaded until the first photo. One Denoiser may be used for any number of photos and
    from several threads, which take turns. ``close()``, or leaving its ``with`` block, frees the
    memory of the model's interpreter; the next photo would open it again.

    Args:
        precision: number format of the shipped weights: "fp32", "fp16", "int8", or "int16x8",
            which is made for NPUs and slow on a CPU.
        delegate: processor to run on: "cpu", "gpu", "npu", or "nnapi" and "external" for delegates
            in a library of their own. "auto" takes the fastest that computes the same as the CPU,
            measured once on this machine and remembered.
        threads: CPU threads, or None for all cores this process may use.
        max_memory_mb: peak resident memory of the process in megabytes (10**6 bytes) beyond the
            photo's own input and output arrays, or None for 512.
        policy: where a named delegate cannot run the model, "strict" raises DelegateError, and
            "allow" runs on the CPU and says so in ``report``.
        delegate_library: path of the library for the delegates "external" and "nnapi".
        model: a .tflite file of this network with its .json sidecar beside it, to be used in
            place of the shipped weights; ``precision`` is then the file's.

    Raises:
        OptionsError: an option outside its range.
    """

    def __init__(
        self,
        precision: Precision = "fp32",
        delegate: Delegate = "auto",
        threads: int | None = None,
        max_memory_mb: int | None = None,
        *,
        policy: Policy = "strict",
        delegate_library: str | None = None,
        model: str | os.PathLike[str] | None = None,
    ) -> None:
        self.options = DenoiserOptions(
            precision=precision,
            delegate=delegate,
            threads=threads,
            max_memory_mb=max_memory_mb,
            policy=policy,
            delegate_library=delegate_library,
        )
        from litedenoise_sdk.engine import Engine  # halves the time to import the package

        self._engine = Engine(self.options, model)
        self._memo = Memo()

    def denoise(
        self,
        image: Any,
        strength: float = 1.0,
        *,
        luma: float | None = None,
        chroma: float | None = None,
        progress: ProgressCallback | None = None,
    ) -> Any:
        """The denoised picture, as the kind that was given.

        The last result is remembered where it takes at most an eighth of the memory budget: another
        strength of the same picture then costs no inference. ``restore`` does so for any size.

        Args:
            image: a path (gives a PIL.Image), the bytes of a file or a binary file object (give
                bytes of the same format), a PIL.Image, or an array (H, W), (H, W, 1), (H, W, 3) or
                (H, W, 4) of uint8, uint16, or float32 in [0, 1]. It is left untouched; alpha is
                carried over.
            strength: from 0, the photo as it was, to 1, the network's own result.
            luma: the same for brightness noise alone; None follows ``strength``.
            chroma: the same for colour noise alone; None follows ``strength``.
            progress: called with a ``Progress`` before the first block and after every one;
                returning False cancels.

        Raises:
            OptionsError: a strength outside [0, 1], or a memory budget too small for any block.
            ImageError: the picture cannot be used.
            ModelError, DelegateError: the model or the processor will not do.
            Cancelled: ``progress`` returned False.
        """
        chosen = Strength(strength, luma, chroma)
        photo, restore = open_image(image)
        return restore(self._denoised(photo.pixels, chosen, progress))

    def restore(self, image: Any, *, progress: ProgressCallback | None = None) -> Restoration:
        """Denoises once, and holds on to the photo and its full-strength result for blending.

        Arguments and errors as for ``denoise``. ``image`` must stay as it is while the result is in
        use, as arrays are not copied.
        """
        photo, restore = open_image(image)
        denoised, report = self._engine.run(photo.pixels, progress)
        return Restoration(photo, denoised, restore, report)

    def frames(
        self,
        frames: Iterable[NDArray[Any]],
        strength: float = 1.0,
        *,
        luma: float | None = None,
        chroma: float | None = None,
    ) -> Iterator[NDArray[Any]]:
        """Denoises the frames of a video, one by one, without memory for each.

        Args:
            frames: arrays (H, W, 3) of one shape and dtype: uint8, uint16, or float32 in [0, 1].
            strength: as for ``denoise``.
            luma: likewise.
            chroma: likewise.

        Yields:
            For each frame the same array with other values: copy what shall stay.

        Raises:
            UnsupportedImage: a frame of another kind, or not like the first one.
            LiteDenoiseError: everything else that ``denoise`` raises.
        """
        from litedenoise_sdk.frames import denoise_frames

        return denoise_frames(self._engine, frames, Strength(strength, luma, chroma))

    def denoise_file(
        self,
        source: str | os.PathLike[str],
        target: str | os.PathLike[str],
        strength: float = 1.0,
        *,
        luma: float | None = None,
        chroma: float | None = None,
        overwrite: bool = False,
        progress: ProgressCallback | None = None,
    ) -> FileReport:
        """Denoises a picture file into another, with its metadata, depth and colour space.

        Args:
            source: JPEG, PNG, WebP or TIFF.
            target: where to write; its suffix names the format. It appears when it is complete.
            strength: as for ``denoise``.
            luma: likewise.
            chroma: likewise.
            overwrite: replace ``target`` where it exists, be it the source itself.
            progress: as for ``denoise``.

        Raises:
            OutputError: the target exists and may not be replaced, or cannot be written.
            LiteDenoiseError: whatever ``denoise`` raises; the target is then as it was.
        """
        started = time.perf_counter()
        chosen = Strength(strength, luma, chroma)
        check_target(target, overwrite=overwrite)
        photo = decode(source)
        run = None
        if not chosen.is_none:
            denoised, run = self._engine.run(photo.pixels, progress)
            blend(photo.pixels, denoised, chosen, denoised)
            # Encoding needs the room that the noisy pixels took.
            photo = photo.with_pixels(denoised)
        notes = save(photo, target, overwrite=overwrite)
        return FileReport(
            source=Path(source),
            target=Path(target),
            photo=photo.size,
            seconds=time.perf_counter() - started,
            run=run,
            notes=(*photo.notes, *notes),
        )

    def plan(self, width: int, height: int) -> DenoisePlan:
        """The blocks, memory and work that an 8-bit photo of this size will be; runs nothing.

        Raises:
            OptionsError: no such photo, or the memory budget is too small for any block.
            ModelError: the model cannot be used.
        """
        for name, side in (("width", width), ("height", height)):
            if isinstance(side, bool) or not isinstance(side, int) or side < 1:
                raise OptionsError(f"{name} must be a whole number of at least 1; got {side!r}")
        plan, peak_memory_bytes = self._engine.plan(Size(height, width), item_bytes=1)
        return DenoisePlan.of(plan, peak_memory_bytes)

    @property
    def report(self) -> RunReport | None:
        """What was asked for, what ran and why, for the last photo; None before the first."""
        return self._engine.report

    def close(self) -> None:
        """Waits for the photo in work, if any, and frees all memory. Closing twice is allowed."""
        self._engine.close()
        self._memo.forget()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _denoised(
        self, noisy: NDArray[Any], strength: Strength, progress: ProgressCallback | None
    ) -> NDArray[Any]:
        if strength.is_none:
            return np.array(noisy)
        if not memo_bytes(noisy.size * noisy.itemsize, self.options.memory_bytes):
            denoised, _ = self._engine.run(noisy, progress)
            blend(noisy, denoised, strength, denoised)
            return denoised
        key = digest(noisy)
        full = self._memo.recall(key)
        if full is None:
            self._memo.forget()  # before inference, to make room
            full, _ = self._engine.run(noisy, progress)
            self._memo.keep(key, full)
        else:
            report_progress(progress, 1, 1)
        mixed = np.empty_like(full)
        blend(noisy, full, strength, mixed)
        return mixed
