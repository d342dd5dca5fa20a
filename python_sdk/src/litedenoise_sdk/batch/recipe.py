"""What is done to every photo of a batch."""

import hashlib
import json
from dataclasses import asdict, dataclass

from litedenoise_sdk.denoiser import Denoiser
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.options import Precision, Strength

FULL = Strength()


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that the pixels of a result depend on, and what the work may take.

    Attributes:
        precision, threads, max_memory_mb: as for ``Denoiser``.
        strength: how much of the noise goes.
    """

    precision: Precision = "fp32"
    strength: Strength = FULL
    threads: int | None = None
    max_memory_mb: int | None = None

    @property
    def key(self) -> str:
        """The same for recipes that give the same files: 16 hexadecimal digits.

        Threads are left out, as they change no pixel; the memory is not, as it sets the blocks.
        """
        chosen = asdict(self)
        del chosen["threads"]
        chosen["model"] = load_released(self.precision).sidecar.sha256
        return hashlib.sha256(json.dumps(chosen, sort_keys=True).encode()).hexdigest()[:16]

    def open(self) -> Denoiser:
        """A Denoiser that follows it."""
        return Denoiser(
            precision=self.precision,
            threads=self.threads,
            max_memory_mb=self.max_memory_mb,
        )
