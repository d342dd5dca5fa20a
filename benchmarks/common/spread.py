"""Medians and ratios of interleaved measurements."""

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle and the ends of repeated measurements of one thing."""

    median: float
    lowest: float
    highest: float
    count: int


def spread(values: Sequence[float]) -> Spread:
    """Median, minimum and maximum of at least one value."""
    return Spread(statistics.median(values), min(values), max(values), len(values))


def mean(values: Iterable[float | None]) -> float | None:
    """The mean of the finite values, or None if there are none.

    An infinite PSNR (equal pictures) would hide all others, so it is left out.
    """
    there = [value for value in values if value is not None and math.isfinite(value)]
    return statistics.fmean(there) if there else None
