"""Wall clock time of a call."""

import time
from collections.abc import Callable


def seconds_of(work: Callable[[], object]) -> float:
    """How long ``work`` takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
