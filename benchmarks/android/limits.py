"""How long each phone case takes: the modes of MLPerf Mobile, by its rule."""

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.record import Mode


@dataclass(frozen=True, slots=True)
class PhoneLimits:
    """A case runs until both minima are reached, and ends at ``most_seconds`` at the latest.

    As LoadGen's single stream does: "MLPerf Mobile Inference Rules" 4.0, section 5.1, with the
    longest duration of the app's own settings (``min_query_count``, ``min_duration`` and
    ``max_duration`` in its tasks.pbtxt).

    Attributes:
        queries: the minimum, warm-up not counted.
        seconds: the minimum.
        most_seconds: the maximum; a case that ends this way has too few queries, and is marked.
        cooldown_s: pause before every case but the first, even if the phone is cool.
    """

    queries: int
    seconds: float
    most_seconds: float
    cooldown_s: float = 0.0


PHONE_MODES: Mapping[Mode, PhoneLimits] = {
    "quick": PhoneLimits(queries=128, seconds=10, most_seconds=60, cooldown_s=60),
    "normal": PhoneLimits(queries=1024, seconds=60, most_seconds=600, cooldown_s=300),
}
