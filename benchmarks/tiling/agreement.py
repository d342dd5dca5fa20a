"""How close a result in blocks is to that of the whole photo."""

from dataclasses import dataclass

import numpy as np

from benchmarks.common.pairs import RGB
from litedenoise_sdk.quality import psnr


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of 8-bit values.

    Attributes:
        identical: share of equal values, 0 to 1.
        largest: largest difference.
        psnr: in dB; infinite if all values are equal.
    """

    identical: float
    largest: int
    psnr: float


def agreement(exact: RGB, tiled: RGB) -> Agreement:
    """Of two results of one photo, both (H, W, 3) uint8."""
    unequal, largest = 0, 0
    for exact_row, tiled_row in zip(exact, tiled, strict=True):
        difference = np.abs(exact_row.astype(np.int16) - tiled_row)
        unequal += int(np.count_nonzero(difference))
        largest = max(largest, int(difference.max()))
    return Agreement(1 - unequal / exact.size, largest, psnr(exact, tiled))


def worst(agreements: list[Agreement]) -> Agreement:
    """The worst of each measure over several photos."""
    return Agreement(
        min(one.identical for one in agreements),
        max(one.largest for one in agreements),
        min(one.psnr for one in agreements),
    )
