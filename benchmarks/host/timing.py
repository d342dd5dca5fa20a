"""The clock around each query: all that the harness does while a host case is timed."""

import time
from collections.abc import Callable

Clock = Callable[[], float]
"""Seconds since an arbitrary moment."""


def time_queries(
    query: Callable[[], object], queries: int, clock: Clock = time.perf_counter
) -> list[float]:
    """Microseconds of each of ``queries`` queries, one after the other."""
    samples_us = []
    for _ in range(queries):
        started = clock()
        query()
        samples_us.append(round((clock() - started) * 1e6, 1))
    return samples_us
