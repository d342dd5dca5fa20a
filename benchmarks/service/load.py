"""Clients that ask a service for denoised pictures, and what they got."""

import stat
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from itertools import cycle
from pathlib import Path

import httpx
import numpy as np
import psutil

_PATH = "/v1/denoise?precision=int8"
_WATCH_EVERY_S = 0.2
_TIMEOUT_S = 600
_PAUSE_S = 1.0


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
        broken: requests whose connection was closed before an answer.
        wrong: responses with status 200 and wrong pixels.
        health_ms: how long /healthz took meanwhile.
        health_refused: how often it was refused, as where there were too many connections.
        memory_mb: resident memory of the service and its children meanwhile.
        disk_mb: what its temporary files took meanwhile, those without a name included.
        seconds: from the first request to the last answer.
    """

    statuses: Counter[int] = field(default_factory=Counter)
    broken: int = 0
    wrong: int = 0
    health_ms: list[float] = field(default_factory=list)
    health_refused: int = 0
    memory_mb: list[float] = field(default_factory=list)
    disk_mb: list[float] = field(default_factory=list)
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


def warm_up(url: str, picture: Picture) -> None:
    """Has the service open its model. Raises httpx.HTTPError where it does not answer."""
    sent = {"image": picture.sent}
    httpx.post(f"{url}{_PATH}", files=sent, timeout=_TIMEOUT_S).raise_for_status()


def put_load(
    url: str, process: psutil.Process, pictures: Sequence[Picture], clients: int, seconds: float
) -> Load:
    """Lets clients ask one picture after another, in turn; each client asks once at least.

    A client that is refused retries after the time that the response names.
    """
    load = Load()
    lock = threading.Lock()
    finished = threading.Event()
    order = cycle(pictures)
    started = time.monotonic()

    def ask() -> None:
        with httpx.Client(base_url=url, timeout=_TIMEOUT_S) as http:
            while True:
                with lock:
                    picture = next(order)
                _asked(http, picture, load, lock)
                if time.monotonic() - started >= seconds:
                    return

    def watch() -> None:
        with httpx.Client(base_url=url, timeout=_TIMEOUT_S) as http:
            while True:
                asked = time.perf_counter()
                with suppress(httpx.TransportError):
                    answered = http.get("/healthz").status_code == 200
                    load.health_refused += not answered
                    load.health_ms.append(1e3 * (time.perf_counter() - asked))
                load.memory_mb.append(_memory_mb(process))
                load.disk_mb.append(_disk_mb(process.pid))
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


def _asked(http: httpx.Client, picture: Picture, load: Load, lock: threading.Lock) -> bool:
    """Sends a picture, counts the answer, and waits as long as a refusal says; whether it came."""
    try:
        answer = http.post(_PATH, files={"image": picture.sent})
    except httpx.TransportError:  # refused before the picture was sent
        with lock:
            load.broken += 1
        time.sleep(_PAUSE_S)
        return False
    came = answer.status_code == 200
    wrong = came and not _same(answer.content, picture.answer)
    with lock:
        load.statuses[answer.status_code] += 1
        load.wrong += wrong
    if "Retry-After" in answer.headers:
        time.sleep(float(answer.headers["Retry-After"]))
    return came


def _memory_mb(process: psutil.Process) -> float:
    total = 0
    for one in (process, *process.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            total += one.memory_info().rss
    return total / 1e6


def _disk_mb(process: int) -> float:
    """Of all files that the process has open and that have no name."""
    blocks = 0
    for link in Path("/proc", str(process), "fd").iterdir():
        with suppress(OSError):
            found = link.stat()
            blocks += found.st_blocks if stat.S_ISREG(found.st_mode) and not found.st_nlink else 0
    return blocks * 512 / 1e6


def _same(one: bytes, other: bytes) -> bool:
    """Decodes only if the bytes differ, because decoding takes time from the service."""
    if one == other:
        return True
    from PIL import Image

    with Image.open(BytesIO(one)) as first, Image.open(BytesIO(other)) as second:
        return np.array_equal(np.asarray(first), np.asarray(second))
