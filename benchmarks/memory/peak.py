"""The peak memory of one photo, denoised in a process of its own."""

import json
from dataclasses import asdict, dataclass

from benchmarks.common.child import run_child
from litedenoise_sdk.options import Precision


@dataclass(frozen=True, slots=True)
class Case:
    """One photo and how it is denoised."""

    precision: Precision
    max_memory_mb: int
    height: int
    width: int

    @property
    def megapixels(self) -> float:
        return self.height * self.width / 1e6


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one case took; megabytes are 10**6 bytes.

    Attributes:
        peak_mb: peak resident memory beyond the two arrays.
        planned_mb: what ``Denoiser.plan`` had promised.
        megapixels_per_second: from the first block on, opening the model not counted.
    """

    case: Case
    peak_mb: float
    planned_mb: float
    block: str
    blocks: int
    work_factor: float
    megapixels_per_second: float

    @property
    def within(self) -> bool:
        return self.peak_mb <= self.case.max_memory_mb


def measure(case: Case) -> Outcome:
    """Runs one case in a process of its own.

    Raises:
        RuntimeError: the process failed; the message has what it wrote.
    """
    found = run_child("benchmarks.memory.child", json.dumps(asdict(case)))
    return Outcome(
        case=case,
        peak_mb=found["peak_bytes_beyond_arrays"] / 1e6,
        planned_mb=found["planned_bytes"] / 1e6,
        block=found["block"],
        blocks=found["blocks"],
        work_factor=found["work_factor"],
        megapixels_per_second=case.megapixels / found["seconds"],
    )
