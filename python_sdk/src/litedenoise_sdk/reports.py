"""What a caller is told: before anything runs, and after a file is done."""

from dataclasses import dataclass
from pathlib import Path

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.noise import RemovedNoise
from litedenoise_sdk.runtime.protocol import RunReport
from litedenoise_sdk.tiling import BlockPlan


@dataclass(frozen=True, slots=True)
class DenoisePlan:
    """The work that a photo will be.

    Attributes:
        photo: height and width of the photo, in pixels.
        block: height and width of every block.
        rows, columns: blocks down and across.
        halo_px: context around what a block keeps.
        peak_memory_bytes: expected peak of resident memory beyond the photo and its result.
    """

    photo: Size
    block: Size
    rows: int
    columns: int
    halo_px: int
    peak_memory_bytes: int

    @classmethod
    def of(cls, plan: BlockPlan, peak_memory_bytes: int) -> "DenoisePlan":
        return cls(
            photo=plan.photo,
            block=plan.block,
            rows=plan.grid.height,
            columns=plan.grid.width,
            halo_px=plan.halo_px,
            peak_memory_bytes=peak_memory_bytes,
        )

    @property
    def blocks(self) -> int:
        """How many blocks are computed."""
        return self.rows * self.columns

    @property
    def computed_megapixels(self) -> float:
        """Megapixels that go through the network, halos included."""
        return self.blocks * self.block.area / 1e6

    @property
    def overhead(self) -> float:
        """Pixels computed for each pixel of the photo, at least 1."""
        return self.blocks * self.block.area / self.photo.area


@dataclass(frozen=True, slots=True)
class FileReport:
    """A file that was denoised.

    Attributes:
        source: the file that was read.
        target: the file that was written; None where the photo was clean and left alone.
        photo: height and width of the photo, in pixels, upright.
        seconds: from opening the source to the finished target.
        run: what the photo ran on; None where strength 0 left nothing to run.
        noise: what the network took away at full strength; None likewise.
        notes: what of the source could not be kept, in words for the user.
    """

    source: Path
    target: Path | None
    photo: Size
    seconds: float
    run: RunReport | None
    noise: RemovedNoise | None
    notes: tuple[str, ...]
