"""A bounded queue before a fixed number of workers."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from litedenoise_sdk.server.problems import Problem, retry_after

_Result = TypeVar("_Result")

_FIRST_GUESS_S = 2.0
_LONGEST_ADVICE_S = 120.0
_MEMORY = 0.8
"""Share of the running mean that a new duration leaves in place."""


class WorkQueue:
    """Runs work in threads; refuses more than may wait.

    Args:
        workers: pieces of work done at a time.
        waiting: pieces that may wait for a worker.
    """

    def __init__(self, workers: int, waiting: int) -> None:
        self._workers = workers
        self._capacity = workers + waiting
        self._threads = ThreadPoolExecutor(workers, "litedenoise-worker")
        self._lock = threading.RLock()
        self._ended = threading.Condition(self._lock)
        self._accepted = 0
        self._running: dict[object, float] = {}
        self._mean_s = _FIRST_GUESS_S

    @property
    def running(self) -> int:
        """Pieces in work."""
        return len(self._running)

    @property
    def free_workers(self) -> int:
        """How many wait for a photo."""
        return self._workers - self.running

    @property
    def busy_s(self) -> float:
        """For how long no worker has been free; 0 while one is."""
        with self._lock:
            if self.free_workers:
                return 0.0
            return time.monotonic() - max(self._running.values())

    @property
    def waiting(self) -> int:
        """Pieces that wait for a worker."""
        with self._lock:
            return self._accepted - self.running

    @property
    def is_full(self) -> bool:
        return self._accepted >= self._capacity

    def check_room(self) -> None:
        """Raises Problem 429 where ``submit`` would, so that nobody uploads in vain."""
        if self.is_full:
            seconds = min(self._mean_s * (self._accepted + 1) / self._workers, _LONGEST_ADVICE_S)
            headers = retry_after(seconds)
            raise Problem(
                429,
                "queue-full",
                f"{self._accepted} photos are running or waiting, and no more are taken on; "
                f"try again in {headers['Retry-After']} seconds",
                headers,
            )

    def submit(self, work: Callable[[], _Result]) -> "Future[_Result]":
        """Queues ``work``.

        Raises:
            Problem: 429, as many pieces as are allowed wait already.
        """
        with self._lock:
            self.check_room()
            self._accepted += 1
        try:
            future = self._threads.submit(self._timed, work)
        except RuntimeError as error:
            self._leave()
            raise Problem(503, "shutting-down", "the service is being stopped") from error
        future.add_done_callback(lambda _: self._leave())
        return future

    def close(self, patience_s: float) -> bool:
        """Drops what waits, and waits for what runs; whether all of it ended in time."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            return self._ended.wait_for(lambda: not self._running, patience_s)

    def _leave(self) -> None:
        with self._lock:
            self._accepted -= 1

    def _timed(self, work: Callable[[], _Result]) -> _Result:
        started = time.monotonic()
        mark = object()
        with self._lock:
            self._running[mark] = started
        try:
            return work()
        finally:
            with self._lock:
                del self._running[mark]
                self._ended.notify_all()
                taken = time.monotonic() - started
                self._mean_s = _MEMORY * self._mean_s + (1 - _MEMORY) * taken
