"""What a worker does: a file in, denoised pixels, a file out."""

import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.errors import Cancelled
from litedenoise_sdk.imageio import Format, Photo
from litedenoise_sdk.noise import RemovedNoise
from litedenoise_sdk.options import Strength
from litedenoise_sdk.plan_and_report import DenoisePlan
from litedenoise_sdk.progress import Progress
from litedenoise_sdk.runtime.protocol import RunReport
from litedenoise_sdk.server.codecs import OutOfTime, read_file, write_file
from litedenoise_sdk.server.denoisers import Denoisers
from litedenoise_sdk.server.parameters import ModelParameters
from litedenoise_sdk.server.problems import Problem
from litedenoise_sdk.tiling import blend


class Watch:
    """Decides when to give up on a photo, and passes its progress on.

    Args:
        time_limit_s: longest that it may be worked on; to wait for one's turn is no work.
        tell: called in the worker's thread before the first block and after every one.
        planned: called there before, with what will be computed; not at all if that is known.
    """

    def __init__(
        self,
        time_limit_s: float,
        tell: Callable[[Progress], object] = lambda _: None,
        planned: Callable[[DenoisePlan], object] = lambda _: None,
    ) -> None:
        self._time_limit_s = time_limit_s
        self._tell = tell
        self.planned = planned
        self._cancelled = threading.Event()
        self._spent_s = 0.0
        self._started_at: float | None = None
        self.has_computed = False
        """Whether any block was left to compute: of a remembered result there is none."""

    def cancel(self) -> None:
        """Stops after the current block, or before the first."""
        self._cancelled.set()

    @property
    def is_cancelled(self) -> bool:
        return self._cancelled.is_set()

    @property
    def left_s(self) -> float:
        """How long it may still be worked on."""
        computing_s = time.monotonic() - self._started_at if self._started_at else 0.0
        return self._time_limit_s - self._spent_s - computing_s

    def spend(self, seconds: float) -> None:
        """Counts work that was done before the first block."""
        self._spent_s += seconds

    def release(self) -> None:
        """Stops reporting: whoever is told may hold the photo, and the photo this object."""
        self._tell = lambda _: None
        self.planned = lambda _: None

    def __call__(self, progress: Progress) -> bool:
        """The progress callback."""
        if self._started_at is None:
            self._started_at = time.monotonic()
        self.has_computed |= progress.done_blocks < progress.total_blocks
        self._tell(progress)
        return not self.is_cancelled and self.left_s >= 0

    def problem(self, error: Cancelled | OutOfTime) -> Problem:
        """Why the photo was cancelled."""
        if self.is_cancelled:
            return Problem(409, "cancelled", str(error))
        return Problem(
            413,
            "takes-too-long",
            f"the photo was not finished within {self._time_limit_s:g} s, the most that this "
            "service gives to one; send it in parts, or ask for precision=int8",
        )


@dataclass(frozen=True, slots=True, eq=False)
class DenoisedPhoto:
    """A photo and its denoised self.

    Attributes:
        photo: as it was, unless it was mixed with the result in place.
        pixels: at full strength, (H, W, 3) of the photo's dtype.
        report: what it ran on; None where nothing ran.
        noise: what the network took away; None likewise.
        decode_s: how long reading the file took.
        inference_s: how long the network took, including the wait for its turn; None if the result
            was cached.
    """

    photo: Photo
    pixels: NDArray[Any]
    report: RunReport | None
    noise: RemovedNoise | None
    decode_s: float
    inference_s: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """A picture file without a name, at its first byte; whoever holds it closes it."""

    file: BinaryIO
    length: int
    format: Format
    notes: tuple[str, ...]
    encode_s: float


def read_photo(file: BinaryIO, max_pixels: int, watch: Watch) -> tuple[Photo, float]:
    """The photo in a file, and the seconds that took.

    Raises:
        ImageError: it cannot be used.
        Cancelled: nobody is waiting for it.
        Problem: it takes too long.
    """
    if watch.is_cancelled:
        raise Cancelled("cancelled before it began")
    started = time.perf_counter()
    try:
        photo = read_file(file, max_pixels, watch)
    except OutOfTime as error:
        raise watch.problem(error) from error
    decode_s = time.perf_counter() - started
    watch.spend(decode_s)
    return photo, decode_s


def denoise_photo(
    photo: Photo, decode_s: float, parameters: ModelParameters, denoisers: Denoisers, watch: Watch
) -> DenoisedPhoto:
    """The photo through the network, at full strength.

    Raises:
        Problem: cancelled.
        LiteDenoiseError: the model or the processor will not do.
    """
    started = time.perf_counter()
    try:
        run = denoisers.denoise(photo.pixels, parameters.precision, watch, watch.planned)
    except Cancelled as error:
        raise watch.problem(error) from error
    inference_s = time.perf_counter() - started if watch.has_computed else None
    return DenoisedPhoto(photo, run.pixels, run.report, run.noise, decode_s, inference_s)


def mixed(denoised: DenoisedPhoto, strength: Strength, out: NDArray[Any]) -> Photo:
    """The photo denoised this strongly.

    Args:
        out: pixels to mix in, like ``denoised.pixels``, which they may be themselves.
    """
    blend(denoised.photo.pixels, denoised.pixels, strength, out)
    return denoised.photo.with_pixels(out)


def encode_photo(photo: Photo, format: Format | None, watch: Watch) -> Encoded:
    """A photo that came from a file, as a file.

    Args:
        format: of the file; None for the original's.

    Raises:
        OutputError: the format cannot hold the photo.
        OSError: there is no room for the file.
        Cancelled: nobody waits for it any more.
        Problem: it takes too long.
    """
    started = time.perf_counter()
    chosen = format or photo.metadata.format
    assert chosen is not None  # the photo came from a file
    file = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115  (outlives this)
    try:
        length, notes = write_file(photo, file, chosen, watch)
    except BaseException as error:
        file.close()
        if isinstance(error, OutOfTime):
            raise watch.problem(error) from error
        raise
    return Encoded(file, length, chosen, (*photo.notes, *notes), time.perf_counter() - started)


def on_disk(array: NDArray[Any]) -> NDArray[Any]:
    """A read-only copy of an array that takes disk instead of memory, in a file without a name.

    Raises:
        OSError: there is no room.
    """
    with tempfile.TemporaryFile() as file:
        rows = max(1, (1 << 22) // max(1, array[0].nbytes))
        for top in range(0, len(array), rows):
            file.write(np.ascontiguousarray(array[top : top + rows]).data)
        file.flush()
        return np.memmap(file, array.dtype, "r", shape=array.shape)
