"""What a caller learns before anything runs, and after a file is done."""

from dataclasses import dataclass
from pathlib import Path

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.noise import RemovedNoise
from litedenoise_sdk.runtime.protocol import PhotoPlan, RunReport


@dataclass(frozen=True, slots=True)
class DenoisePlan:
    """What it takes to denoise a photo.

    Attributes:
        photo: height and width of the photo, in pixels.
        block: height and width of what is computed between two calls of ``progress``, at most. On
            the CPU rows flow through the network: a block is some rows of the photo, or of a strip
            of it where the photo is too wide for the memory.
        rows, columns: blocks down and across.
        peak_memory_bytes: expected peak of resident memory beyond the photo and its result.
        max_memory_bytes: the budget for it.
        work_factor: what is computed, as a multiple of what the network needs for the photo's
            pixels: margins around the photo and whatever is computed twice come on top.
    """

    photo: Size
    block: Size
    rows: int
    columns: int
    peak_memory_bytes: int
    max_memory_bytes: int
    work_factor: float

    @classmethod
    def of(cls, photo: Size, plan: PhotoPlan, max_memory_bytes: int) -> "DenoisePlan":
        return cls(
            photo=photo,
            block=plan.block,
            rows=plan.grid.height,
            columns=plan.grid.width,
            peak_memory_bytes=plan.peak_memory_bytes,
            max_memory_bytes=max_memory_bytes,
            work_factor=plan.work_factor,
        )

    @property
    def blocks(self) -> int:
        """How many blocks are computed."""
        return self.rows * self.columns


@dataclass(frozen=True, slots=True)
class FileReport:
    """A file that was denoised.

    Attributes:
        source: the file that was read.
        target: the file that was written; None where the photo was clean and left alone.
        photo: height and width of the photo, in pixels, upright.
        seconds: from opening the source to the finished target.
        run: what the photo ran on; None at strength 0, which runs nothing.
        noise: what the network removes at full strength; None likewise.
        notes: what could not be kept of the source, and which processor failed, in words for
            the user.
    """

    source: Path
    target: Path | None
    photo: Size
    seconds: float
    run: RunReport | None
    noise: RemovedNoise | None
    notes: tuple[str, ...]
