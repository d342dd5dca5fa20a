"""How much noise a photo had: the standard deviation of what the network removed."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.geometry import Box, Size
from litedenoise_sdk.tiling.blend import BT601_LUMA

LEVELS = 255.0
CLEAN_BELOW = 0.75
"""Standard deviation, in levels of 255, under which a photo counts as clean. Half a level is what
rounding to 8 bits can change."""
BANDS = 4
_SAMPLED_PIXELS = 1_000_000
_BAND_PIXELS = 1 << 15


@dataclass(frozen=True, slots=True)
class NoiseLevel:
    """Standard deviation of noise, in levels of 255 whatever the photo's depth.

    Attributes:
        luma: of brightness (BT.601).
        chroma: of colour: what is left of red, green and blue without their brightness, root mean
            square of the three.
    """

    luma: float
    chroma: float


@dataclass(frozen=True, slots=True)
class RemovedNoise(NoiseLevel):
    """The noise that the network removed from a photo at full strength, less its mean.

    Measured on at most about a million pixels, evenly spread over the photo's rows.

    Attributes:
        by_brightness: the same for each quarter of the range of brightness, dark to bright; None
            where the photo has no such pixels.
    """

    by_brightness: tuple[NoiseLevel | None, ...]

    @property
    def is_clean(self) -> bool:
        """Whether there was next to nothing to remove."""
        return max(self.luma, self.chroma) < CLEAN_BELOW


class NoiseMeter:
    """Compares a photo with its full-strength result, part by part; safe to use from threads.

    Args:
        photo: height and width.
    """

    def __init__(self, photo: Size) -> None:
        self._step = max(1, photo.area // _SAMPLED_PIXELS)
        self._sums: dict[tuple[int, int], NDArray[np.float64]] = {}

    def add(self, place: Box, noisy: NDArray[Any], denoised: NDArray[Any]) -> None:
        """Counts a part, both (h, w, 3) of uint8, uint16, or float32 in [0, 1]."""
        first = -place.top % self._step
        height = self._step * max(1, _BAND_PIXELS // noisy.shape[1])
        for top in range(first, noisy.shape[0], height):
            rows = slice(top, top + height, self._step)
            sums = _sums(_levels(noisy[rows]), _levels(denoised[rows]))
            self._sums[place.top + top, place.left] = sums

    def removed(self) -> RemovedNoise:
        """What the parts have lost, whatever the order in which they came."""
        sums = np.sum([self._sums[place] for place in sorted(self._sums)], axis=0)
        whole = _level(sums.sum(axis=0))
        bands = tuple(_level(band) if band[0] else None for band in sums)
        return RemovedNoise(whole.luma, whole.chroma, bands)


_COUNTED = 9
"""Pixels; sum and sum of squares of luma; the same of three parts of colour."""


def _levels(pixels: NDArray[Any]) -> NDArray[np.float32]:
    largest = np.iinfo(pixels.dtype).max if pixels.dtype.kind == "u" else 1.0
    return pixels.reshape(-1, 3).astype(np.float32) * np.float32(LEVELS / largest)


def _sums(noisy: NDArray[np.float32], denoised: NDArray[np.float32]) -> NDArray[np.float64]:
    """What is counted, for each band of brightness, (BANDS, _COUNTED)."""
    noise = noisy - denoised
    luma = noise @ BT601_LUMA
    parts = np.concatenate([luma[:, None], noise - luma[:, None]], axis=1)
    brightness = denoised @ BT601_LUMA
    band = np.clip(brightness * (BANDS / (LEVELS + 1)), 0, BANDS - 1).astype(np.intp)
    found = np.empty((BANDS, _COUNTED))
    for index in range(BANDS):
        chosen = parts[band == index]
        found[index, 0] = len(chosen)
        found[index, 1::2] = chosen.sum(axis=0, dtype=np.float64)
        found[index, 2::2] = np.square(chosen).sum(axis=0, dtype=np.float64)
    return found


def _level(sums: NDArray[np.float64]) -> NoiseLevel:
    count = sums[0]
    variances = np.maximum(sums[2::2] / count - np.square(sums[1::2] / count), 0.0)
    return NoiseLevel(float(np.sqrt(variances[0])), float(np.sqrt(variances[1:].mean())))
