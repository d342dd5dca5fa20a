"""Clients that ask a service for denoised pictures, and what they got."""

import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from itertools import cycle

import httpx
import numpy as np
import psutil

_PATH = "/v1/denoise?precision=int8"
_WATCH_EVERY_S = 0.2
_TIMEOUT_S = 600


@dataclass(frozen=True, slots=True)
class Picture:
    """Bytes to send, and the bytes of the right answer."""

    sent: bytes
    answer: bytes


@dataclass(slots=True)
class Load:
    """What the clients got.

    Attributes:
        statuses: answers by status.
        wrong: responses with status 200 and wrong pixels.
        health_ms: how long /healthz took meanwhile.
        memory_mb: resident memory of the service meanwhile.
        seconds: from the first request to the last answer.
    """

    statuses: Counter[int] = field(default_factory=Counter)
    wrong: int = 0
    health_ms: list[float] = field(default_factory=list)
    memory_mb: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def health_p99_ms(self) -> float:
        return float(np.percentile(self.health_ms, 99))

    def memory_at_ends_mb(self) -> tuple[float, float]:
        """Medians of the first and of the last quarter of the time."""
        quarter = -(-len(self.memory_mb) // 4)
        return (
            float(np.median(self.memory_mb[:quarter])),
            float(np.median(self.memory_mb[-quarter:])),
        )


def put_load(
    url: str, process: psutil.Process, pictures: Sequence[Picture], clients: int, seconds: float
) -> Load:
    """Lets clients ask one picture after another, in turn; each client asks once at least.

    A client that gets 429 retries after the time that the response names. The first picture is
    requested once before, so that the model is open.
    """
    load = Load()
    lock = threading.Lock()
    finished = threading.Event()
    order = cycle(pictures)
    httpx.post(
        f"{url}{_PATH}", files={"image": next(order).sent}, timeout=_TIMEOUT_S
    ).raise_for_status()
    started = time.monotonic()

    def ask() -> None:
        with httpx.Client(base_url=url, timeout=_TIMEOUT_S) as http:
            while True:
                with lock:
                    picture = next(order)
                answer = http.post(_PATH, files={"image": picture.sent})
                wrong = answer.status_code == 200 and not _same(answer.content, picture.answer)
                with lock:
                    load.statuses[answer.status_code] += 1
                    load.wrong += wrong
                if time.monotonic() - started >= seconds:
                    return
                if answer.status_code == 429:
                    time.sleep(float(answer.headers["Retry-After"]))

    def watch() -> None:
        with httpx.Client(base_url=url, timeout=_TIMEOUT_S) as http:
            while True:
                asked = time.perf_counter()
                http.get("/healthz").raise_for_status()
                load.health_ms.append(1e3 * (time.perf_counter() - asked))
                load.memory_mb.append(process.memory_info().rss / 1e6)
                if finished.wait(_WATCH_EVERY_S):
                    return

    watcher = threading.Thread(target=watch)
    watcher.start()
    threads = [threading.Thread(target=ask) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    load.seconds = time.monotonic() - started
    finished.set()
    watcher.join()
    return load


def _same(one: bytes, other: bytes) -> bool:
    """Decodes only if the bytes differ, because decoding takes time from the service."""
    if one == other:
        return True
    from PIL import Image

    with Image.open(BytesIO(one)) as first, Image.open(BytesIO(other)) as second:
        return np.array_equal(np.asarray(first), np.asarray(second))
