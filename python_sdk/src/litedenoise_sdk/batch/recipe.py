"""What is done to every photo of a batch."""

import hashlib
import json
from dataclasses import asdict, dataclass

from litedenoise_sdk.denoiser import Denoiser
from litedenoise_sdk.machine import usable_cores
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.options import DEFAULT_MAX_PIXELS, Precision, Strength
from litedenoise_sdk.runtime.auto.verdict import decide

FULL = Strength()


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that the pixels of a result depend on, and what the work may take.

    Attributes:
        precision, threads, max_memory_mb, max_pixels: as for ``Denoiser``.
        strength: how much of the noise is removed.
        strict, first_frame: as for ``imageio.decode``.
        keep_dates: results have the dates of their photos.
    """

    precision: Precision = "fp32"
    strength: Strength = FULL
    threads: int | None = None
    max_memory_mb: int | None = None
    max_pixels: int = DEFAULT_MAX_PIXELS
    strict: bool = False
    first_frame: bool = False
    keep_dates: bool = False

    @property
    def key(self) -> str:
        """The same for recipes that give the same files: 16 hexadecimal digits.

        What changes no result is left out: threads, the largest photo, what is read at all, dates.
        The memory is not, as it sets the blocks, and blocks of other sizes may round the last bit
        differently. Another processor rounds differently, too: the one that "auto" takes on this
        machine is named.
        """
        chosen = asdict(self)
        for name in ("threads", "max_pixels", "strict", "first_frame", "keep_dates"):
            del chosen[name]
        model = load_released(self.precision)
        chosen["model"] = model.sidecar.sha256
        chosen["processor"] = decide(model, self.threads or usable_cores()).delegate
        return hashlib.sha256(json.dumps(chosen, sort_keys=True).encode()).hexdigest()[:16]

    def open(self) -> Denoiser:
        """A Denoiser that follows it."""
        return Denoiser(
            precision=self.precision,
            threads=self.threads,
            max_memory_mb=self.max_memory_mb,
            max_pixels=self.max_pixels,
        )
