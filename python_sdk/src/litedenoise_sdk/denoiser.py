"""Denoiser: the public door. It knows pictures and files, but neither LiteRT nor Pillow."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from numbers import Integral
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Self, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.errors import ImageError, OptionsError, OutputError
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio import check_source, check_target, decode, open_image, save
from litedenoise_sdk.imageio.photo import Photo
from litedenoise_sdk.options import (
    DEFAULT_MAX_PIXELS,
    Delegate,
    DenoiserOptions,
    Policy,
    Precision,
    Strength,
)
from litedenoise_sdk.plan_and_report import DenoisePlan, FileReport
from litedenoise_sdk.progress import ProgressCallback
from litedenoise_sdk.restoration import Restoration
from litedenoise_sdk.runtime.protocol import RunReport, failures

if TYPE_CHECKING:
    from PIL import Image

Number = TypeVar("Number", bound=np.generic)


_MOST_SIDE = 1_000_000
"""Of a photo to plan for, in pixels."""


class Denoiser:
    """Denoises photographs of any size with one set of weights.

    Nothing is loaded until the first photo. One Denoiser may be used for any number of photos and
    from several threads, which take turns. ``close()``, or leaving its ``with`` block, frees the
    memory of the model's interpreter; the next photo would open it again.

    Args:
        precision, delegate, threads, max_memory_mb, max_pixels, policy, delegate_library, model:
            see ``DenoiserOptions``. ``Denoiser.from_options`` takes them as one value.

    Attributes:
        options: what was chosen.

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
        max_pixels: int = DEFAULT_MAX_PIXELS,
        policy: Policy = "strict",
        delegate_library: str | None = None,
        model: str | os.PathLike[str] | None = None,
    ) -> None:
        self.options = DenoiserOptions(
            precision=precision,
            delegate=delegate,
            threads=threads,
            max_memory_mb=max_memory_mb,
            max_pixels=max_pixels,
            policy=policy,
            delegate_library=delegate_library,
            model=model,
        )
        from litedenoise_sdk.runner import Runner  # halves the time to import the package

        self._runner = Runner(self.options)

    @classmethod
    def from_options(cls, options: DenoiserOptions) -> Self:
        """A Denoiser with these options."""
        return cls(**{field.name: getattr(options, field.name) for field in fields(options)})

    @overload
    def denoise(
        self,
        image: NDArray[Number],
        strength: float | Strength = ...,
        *,
        progress: ProgressCallback | None = ...,
    ) -> NDArray[Number]: ...
    @overload
    def denoise(
        self,
        image: Image.Image | str | os.PathLike[str],
        strength: float | Strength = ...,
        *,
        progress: ProgressCallback | None = ...,
    ) -> Image.Image: ...
    @overload
    def denoise(
        self,
        image: bytes | bytearray | memoryview | BinaryIO,
        strength: float | Strength = ...,
        *,
        progress: ProgressCallback | None = ...,
    ) -> bytes: ...
    def denoise(
        self,
        image: Any,
        strength: float | Strength = 1.0,
        *,
        progress: ProgressCallback | None = None,
    ) -> Any:
        """The denoised picture, as the kind that was given.

        The last result is kept if it takes at most an eighth of the memory budget: another strength
        of the same picture then needs no inference. ``restore`` keeps one of any size.

        Args:
            image: a path (gives a PIL.Image), the bytes of a file or a binary file object (give
                bytes of the same format), a PIL.Image, or an array (H, W), (H, W, 1), (H, W, 3) or
                (H, W, 4) of uint8, uint16, or float32 in [0, 1]. It is left untouched; alpha is
                carried over.
            strength: from 0, the photo as it was, to 1, the network's own result; a ``Strength``
                sets brightness and colour noise separately.
            progress: called with a ``Progress`` before the first block and after every one;
                returning False cancels.

        Raises:
            OptionsError: a strength outside [0, 1], or a memory budget too small for any block.
            ImageError: the picture cannot be used.
            ModelError, DelegateError: the model cannot be used, or not on this processor.
            Cancelled: ``progress`` returned False.
        """
        chosen = Strength.of(strength)
        with _naming(image):
            photo, restore = open_image(image, max_pixels=self.options.max_pixels)
        return restore(self._runner.run(photo.pixels, chosen, progress).pixels)

    @overload
    def restore(
        self, image: NDArray[Number], *, progress: ProgressCallback | None = ...
    ) -> Restoration[NDArray[Number]]: ...
    @overload
    def restore(
        self,
        image: Image.Image | str | os.PathLike[str],
        *,
        progress: ProgressCallback | None = ...,
    ) -> Restoration[Image.Image]: ...
    @overload
    def restore(
        self,
        image: bytes | bytearray | memoryview | BinaryIO,
        *,
        progress: ProgressCallback | None = ...,
    ) -> Restoration[bytes]: ...
    def restore(self, image: Any, *, progress: ProgressCallback | None = None) -> Restoration[Any]:
        """Denoises once, and keeps the photo and its full-strength result for blending.

        Arguments and errors as for ``denoise``. Do not change ``image`` while the result is in
        use: arrays are not copied.
        """
        with _naming(image):
            photo, restore = open_image(image, max_pixels=self.options.max_pixels)
        run = self._runner.run(photo.pixels, progress=progress)
        assert run.report is not None  # at full strength something ran
        assert run.noise is not None
        return Restoration(photo, run.pixels, restore, run.report, run.noise)

    def frames(
        self, frames: Iterable[NDArray[Number]], strength: float | Strength = 1.0
    ) -> Iterator[NDArray[Number]]:
        """Denoises the frames of a video, one by one, without memory for each.

        Args:
            frames: arrays (H, W, 3) of one shape and dtype: uint8, uint16, or float32 in [0, 1].
            strength: as for ``denoise``.

        Yields:
            The denoised frame. The buffer is reused: copy frames you keep.

        Raises:
            UnsupportedImage: a frame of another kind, or unlike the first one.
            LiteDenoiseError: everything else that ``denoise`` raises.
        """
        from litedenoise_sdk.frames import denoise_frames

        return denoise_frames(self._runner, frames, Strength.of(strength))

    def denoise_file(
        self,
        source: str | os.PathLike[str],
        target: str | os.PathLike[str],
        strength: float | Strength = 1.0,
        *,
        overwrite: bool = False,
        skip_clean: bool = False,
        strict: bool = False,
        first_frame: bool = False,
        keep_dates: bool = False,
        progress: ProgressCallback | None = None,
    ) -> FileReport:
        """Denoises a picture file into another, with its metadata, depth and colour space.

        Args:
            source: a picture file that is read (docs/files.md lists them).
            target: where to write; its suffix names the format. It appears when it is complete.
            strength: as for ``denoise``.
            overwrite: replace ``target`` if it exists, even if it is the source itself.
            skip_clean: write nothing where the network finds next to no noise
                (``RemovedNoise.is_clean``).
            strict: refuse damaged files that viewers still show.
            first_frame: take the first frame of an animation instead of refusing it.
            keep_dates: ``target`` has the date of ``source``.
            progress: as for ``denoise``.

        Raises:
            OutputError: the target exists and may not be replaced, or cannot be written.
            LiteDenoiseError: whatever ``denoise`` raises; the target is then as it was.
        """
        started = time.perf_counter()
        chosen = Strength.of(strength)
        with _naming(source, target):
            check_source(source)
            check_target(target, overwrite=overwrite)
            date = os.stat(source) if keep_dates else None  # before it may be overwritten
            photo = decode(
                source, max_pixels=self.options.max_pixels, strict=strict, first_frame=first_frame
            )
        report = noise = None
        if not chosen.is_none:
            # The photo is ours: its result may take its place.
            ours = photo.pixels if photo.pixels.flags.writeable else None
            run = self._runner.run(photo.pixels, chosen, progress, out=ours, in_all=True)
            photo, report, noise = photo.with_pixels(run.pixels), run.report, run.noise
            del run, ours  # encoding needs the room
        skipped = skip_clean and noise is not None and noise.is_clean
        with _naming(source, target):
            notes = () if skipped else _save(photo, target, overwrite, date)
        return FileReport(
            source=Path(source),
            target=None if skipped else Path(target),
            photo=photo.size,
            seconds=time.perf_counter() - started,
            run=report,
            noise=noise,
            notes=(*photo.notes, *notes, *failures(report)),
        )

    def plan(self, width: int, height: int) -> DenoisePlan:
        """The blocks, memory and work of an 8-bit photo of this size; runs nothing.

        Raises:
            OptionsError: a side out of range, or a memory budget too small for any block.
            ModelError: the model cannot be used.
        """
        for name, side in (("width", width), ("height", height)):
            if isinstance(side, bool) or not isinstance(side, Integral) or side < 1:
                raise OptionsError(f"{name} must be a whole number of at least 1; got {side!r}")
            if side > _MOST_SIDE:
                raise OptionsError(f"{name} must be at most {_MOST_SIDE}; got {side}")
        return self._runner.plan(Size(int(height), int(width)))

    @property
    def report(self) -> RunReport | None:
        """What was asked for, what ran and why, for the last photo; None before the first."""
        return self._runner.last_report

    def close(self) -> None:
        """Waits for the current photo, if any, and frees all memory. Closing twice is allowed."""
        self._runner.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _save(
    photo: Photo, target: str | os.PathLike[str], overwrite: bool, date: os.stat_result | None
) -> tuple[str, ...]:
    """Writes the photo, with another file's date if given; returns what could not be kept."""
    notes = save(photo, target, overwrite=overwrite)
    if date is None:
        return notes
    try:
        os.utime(target, ns=(date.st_atime_ns, date.st_mtime_ns))
    except OSError as error:
        return *notes, f"its date could not be kept: {error.strerror}"
    return notes


@contextmanager
def _naming(source: object, target: str | os.PathLike[str] | None = None) -> Iterator[None]:
    """Adds to errors the file that they are about."""
    try:
        yield
    except ImageError as error:
        if isinstance(source, (str, os.PathLike)):
            error.path = Path(source)
        raise
    except OutputError as error:
        if target is not None:
            error.path = Path(target)
        raise
