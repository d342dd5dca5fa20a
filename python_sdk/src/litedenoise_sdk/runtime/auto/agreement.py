"""Whether a processor computes the same as the CPU, judged by what the network changed.

A denoised picture is mostly its input, so comparing pictures hides much: a grid, or a shift of
colours, is a large part of the small change that the network makes.
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
    """The least that is taken as the same.

    Attributes:
        agreement_db: PSNR of one residual against the other, peak 1.
        relative_db: the reference's residual against the difference, as a ratio of powers. At a
            correlation of 0.98 it is 14 dB.
        rounding_db: where the agreement is this high, the relative one may be lower: a fixed
            rounding is a large part of the change where there is little noise to remove.
        pattern_db: the same for what of the difference repeats every 16 pixels, the network's
            stride. Rounding does not repeat; grids do, and survive with all their power.
        colour_shift: largest mean difference of a channel, in [0, 1].
    """

    agreement_db: float
    relative_db: float
    rounding_db: float
    pattern_db: float
    colour_shift: float


TOLERANCES: dict[Precision, Tolerance] = {
    "fp32": Tolerance(45, 20, 60, 26, 0.25 / 255),  # processors may compute it in bfloat16
    "fp16": Tolerance(45, 20, 60, 26, 0.25 / 255),
    # Rounding alone leaves 51 to 53 dB of agreement, on any picture.
    "int8": Tolerance(38, 12, 50, 20, 0.75 / 255),
    "int16x8": Tolerance(45, 18, 60, 24, 0.25 / 255),
}

_PERIOD_PX = 16


@dataclass(frozen=True, slots=True)
class Parity:
    """How well two residuals agree; see ``Tolerance``."""

    agreement_db: float
    relative_db: float
    pattern_db: float
    colour_shift: float

    def within(self, tolerance: Tolerance) -> bool:
        """Whether the two count as equal."""
        only_rounded = self.agreement_db >= tolerance.rounding_db
        return (
            self.agreement_db >= tolerance.agreement_db
            and (only_rounded or self.relative_db >= tolerance.relative_db)
            and self.pattern_db >= tolerance.pattern_db
            and self.colour_shift <= tolerance.colour_shift
        )

    def __str__(self) -> str:
        return (
            f"residual at {self.agreement_db:.1f} dB, {self.relative_db:.1f} dB relative, pattern "
            f"at {self.pattern_db:.1f} dB, colours shifted by {self.colour_shift * 255:.2f}/255"
        )


def compare_residuals(noisy: NDArray[Any], reference: NDArray[Any], result: NDArray[Any]) -> Parity:
    """Compares what two processors changed in a block.

    Args:
        noisy, reference, result: the block and its two results, (height, width, 3) float32 in
            [0, 1]. NaN and infinity agree with nothing.
    """
    difference = result.astype(np.float64) - reference
    if not np.isfinite(difference).all():
        return Parity(-math.inf, -math.inf, -math.inf, math.inf)
    power = float(np.mean((reference.astype(np.float64) - noisy) ** 2))
    error = float(np.mean(difference**2))
    pattern = float(np.mean(_repeating(difference) ** 2))
    return Parity(
        agreement_db=_decibels(1.0, error),
        relative_db=_decibels(power, error),
        pattern_db=_decibels(power, pattern),
        colour_shift=float(np.abs(difference.mean(axis=(0, 1))).max()),
    )


def _repeating(difference: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean over all cells of 16x16 pixels."""
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
    """A block like a photo's: colours, edges and texture under signal-dependent noise.

    Returns:
        (height, width, 3) float32 in [0, 1], the same for the same arguments.
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
