"""The result of trying a processor."""

import json
import math
from dataclasses import asdict, dataclass

from litedenoise_sdk.options import Delegate


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
    """

    delegate: Delegate
    usable: bool
    reason: str
    seconds: float | None = None
    cpu_seconds: float | None = None
    agreement_db: float | None = None
    accelerated_operators: int = 0
    total_operators: int = 0

    @property
    def is_faster(self) -> bool:
        """Whether it beats the CPU by more than measurement noise."""
        if not self.usable or self.seconds is None or self.cpu_seconds is None:
            return False
        return self.seconds < 0.95 * self.cpu_seconds

    def to_json(self) -> str:
        record = asdict(self)
        if self.agreement_db is not None and not math.isfinite(self.agreement_db):
            record["agreement_db"] = 999.0 if self.agreement_db > 0 else -999.0
        return json.dumps(record)
