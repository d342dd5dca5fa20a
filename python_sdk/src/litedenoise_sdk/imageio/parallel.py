"""A map over bands that keeps all cores busy and few results waiting."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from litedenoise_sdk.machine import usable_cores

T = TypeVar("T")
R = TypeVar("R")


def ordered_map(
    work: Callable[[T], R], items: Iterable[T], workers: int | None = None
) -> Iterator[R]:
    """The results of ``work`` in the order of ``items``, computed a few ahead on threads.

    For work that spends its time in numpy, Pillow and zlib, which let other threads run.

    Args:
        workers: how many threads; None for one on each core.
    """
    workers = workers or usable_cores()
    waiting: deque[Future[R]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
