"""How much longer one thing takes than another, and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FEWEST = 5
"""With fewer samples on either side, nothing is said about significance."""

_RESAMPLES = 2000
_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Ratio:
    """The ratio of two medians.

    Attributes:
        value: median of the one over median of the other.
        low, high: its 95 % confidence interval, by bootstrap (percentiles of resampled ratios);
            None with fewer than five samples on either side.
        p_value: of the Mann-Whitney test that both come from one distribution; None likewise.
    """

    value: float
    low: float | None
    high: float | None
    p_value: float | None

    @property
    def differs(self) -> bool:
        """Whether the interval excludes 1: the two differ by more than chance within a run."""
        return self.low is not None and self.high is not None and not self.low <= 1 <= self.high


def ratio_of_medians(ours: Sequence[float], theirs: Sequence[float]) -> Ratio:
    """``ours`` over ``theirs``, each at least one positive sample.

    Queries of one run are not independent of each other, so the interval is a lower bound on
    chance; variation from run to run comes on top.
    """
    value = float(np.median(ours) / np.median(theirs))
    if min(len(ours), len(theirs)) < FEWEST:
        return Ratio(value, None, None, None)
    from scipy import stats

    interval = stats.bootstrap(
        (ours, theirs),
        _median_ratio,
        n_resamples=_RESAMPLES,
        confidence_level=_CONFIDENCE,
        method="percentile",
        rng=np.random.default_rng(0),
    ).confidence_interval
    test = stats.mannwhitneyu(ours, theirs, alternative="two-sided")
    return Ratio(value, float(interval.low), float(interval.high), float(test.pvalue))


def _median_ratio(ours: NDArray[Any], theirs: NDArray[Any], axis: int = -1) -> NDArray[Any]:
    ratios: NDArray[Any] = np.median(ours, axis=axis) / np.median(theirs, axis=axis)
    return ratios
