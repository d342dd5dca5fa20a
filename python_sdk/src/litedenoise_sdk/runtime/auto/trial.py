"""The result of trying a processor."""

import json
import math
from dataclasses import asdict, dataclass

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.options import Delegate

PHOTO = Size(3000, 4000)
"""Processors are compared by what a photo like this would take on them."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How one processor did on one block.

    Attributes:
        delegate: the processor.
        usable: whether it ran the whole model and agrees with the CPU.
        reason: what it ran on and how well it agrees, or why it is not usable.
        seconds: time for the block; None if it did not run.
        cpu_seconds: time for the same block on the CPU, in the same process.
        agreement_db: of its residual with the CPU's; None if it did not run.
        accelerated_operators, total_operators: see ``RunReport``.
        photo_work, cpu_photo_work: what is computed for a photo like ``PHOTO``, as a multiple of
            such blocks without a halo: the halo counts, and on the CPU the edges of tiles.
    """

    delegate: Delegate
    usable: bool
    reason: str
    seconds: float | None = None
    cpu_seconds: float | None = None
    agreement_db: float | None = None
    accelerated_operators: int = 0
    total_operators: int = 0
    photo_work: float = 1.0
    cpu_photo_work: float = 1.0

    @property
    def times_as_fast(self) -> float:
        """As the CPU, with photos; 0 where it is not usable or was not timed."""
        if not self.usable or self.seconds is None or self.cpu_seconds is None:
            return 0.0
        return self.cpu_seconds * self.cpu_photo_work / (self.seconds * self.photo_work)

    @property
    def is_faster(self) -> bool:
        """Whether it beats the CPU by more than measurement noise."""
        return 0.95 * self.times_as_fast > 1

    def to_json(self) -> str:
        record = asdict(self)
        if self.agreement_db is not None and not math.isfinite(self.agreement_db):
            record["agreement_db"] = 999.0 if self.agreement_db > 0 else -999.0
        return json.dumps(record)
