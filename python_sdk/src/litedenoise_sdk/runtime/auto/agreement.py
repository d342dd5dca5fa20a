"""Whether a processor computes the same as the CPU, judged by the residual.

A denoised picture is mostly its input, so comparing pictures hides faults. A grid or a colour shift
is small beside the picture, but large beside the little that the network changes.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.options import Precision


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far two residuals may differ and still count as the same.

    Attributes:
        agreement_db: lowest PSNR of one residual against the other, peak 1.
        relative_db: lowest ratio of the reference residual's power to that of the difference. A
            correlation of 0.98 gives 14 dB.
        rounding_db: from this agreement on, ``relative_db`` does not count: where there is little
            noise to remove, plain rounding is a large part of the residual.
        pattern_db: like ``relative_db``, for the part of the difference that repeats every 16
            pixels, the network's stride. Rounding does not repeat, a grid does.
        colour_shift: highest mean difference of a channel, in [0, 1].
    """

    agreement_db: float
    relative_db: float
    rounding_db: float
    pattern_db: float
    colour_shift: float


TOLERANCES: dict[Precision, Tolerance] = {
    "fp32": Tolerance(45, 20, 60, 26, 0.25 / 255),  # processors may compute it in bfloat16
    "fp16": Tolerance(45, 20, 60, 26, 0.25 / 255),
    # Rounding alone gives 51 to 53 dB on any picture.
    "int8": Tolerance(38, 12, 50, 20, 0.75 / 255),
    "int16x8": Tolerance(45, 18, 60, 24, 0.25 / 255),
}

_PERIOD_PX = 16


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well two residuals agree; see ``Tolerance``."""

    agreement_db: float
    relative_db: float
    pattern_db: float
    colour_shift: float

    def within(self, tolerance: Tolerance) -> bool:
        """Whether the two count as the same."""
        only_rounded = self.agreement_db >= tolerance.rounding_db
        return (
            self.agreement_db >= tolerance.agreement_db
            and (only_rounded or self.relative_db >= tolerance.relative_db)
            and self.pattern_db >= tolerance.pattern_db
            and self.colour_shift <= tolerance.colour_shift
        )

    def __str__(self) -> str:
        return (
            f"residual agrees to {self.agreement_db:.1f} dB, {self.relative_db:.1f} dB relative, "
            f"pattern {self.pattern_db:.1f} dB, colour shift {self.colour_shift * 255:.2f}/255"
        )


def compare_residuals(
    noisy: NDArray[Any], reference: NDArray[Any], result: NDArray[Any]
) -> Agreement:
    """Compares the residuals of two processors for one block.

    Args:
        noisy, reference, result: the block and its two results, (height, width, 3) float32 in
            [0, 1]. A result with NaN or infinity never agrees.
    """
    difference = result.astype(np.float64) - reference
    if not np.isfinite(difference).all():
        return Agreement(-math.inf, -math.inf, -math.inf, math.inf)
    power = float(np.mean((reference.astype(np.float64) - noisy) ** 2))
    error = float(np.mean(difference**2))
    pattern = float(np.mean(_repeating(difference) ** 2))
    return Agreement(
        agreement_db=_decibels(1.0, error),
        relative_db=_decibels(power, error),
        pattern_db=_decibels(power, pattern),
        colour_shift=float(np.abs(difference.mean(axis=(0, 1))).max()),
    )


def _repeating(difference: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean of all cells of 16x16 pixels."""
    height, width = (side - side % _PERIOD_PX for side in difference.shape[:2])
    cells = difference[:height, :width].reshape(
        height // _PERIOD_PX, _PERIOD_PX, width // _PERIOD_PX, _PERIOD_PX, -1
    )
    mean: NDArray[np.float64] = cells.mean(axis=(0, 2))
    return mean


def _decibels(power: float, error: float) -> float:
    if error == 0:
        return math.inf
    return 10 * math.log10(power / error) if power else -math.inf


def noisy_block(size: Size, seed: int = 0) -> NDArray[np.float32]:
    """A block that looks like part of a photo: colour, edges, texture and signal-dependent noise.

    Returns:
        (height, width, 3) float32 in [0, 1], always the same for the same arguments.
    """
    rng = np.random.default_rng(seed)
    rows = np.arange(size.height, dtype=np.float32)[:, None, None]
    columns = np.arange(size.width, dtype=np.float32)[None, :, None]
    phase = rng.uniform(0, 6, (4, 3)).astype(np.float32)
    scene = (
        0.45
        + 0.2 * np.sin(rows / 37 + columns / 61 + phase[0])
        + 0.1 * np.sin(columns / 5 + phase[1]) * (np.sin(rows / 29 + phase[2]) > 0)
        + 0.15 * np.sign(np.sin(columns / 41 - rows / 53 + phase[3]))
    )
    noise = rng.normal(size=scene.shape) * np.sqrt(0.0004 + 0.004 * scene.clip(0, 1))
    noisy: NDArray[np.float32] = (scene + noise).clip(0, 1).astype(np.float32)
    return noisy
