"""What the rounds draw their samples from: worker processes, and processes started anew."""

import dataclasses
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, cast

from benchmarks.host.case import HostCase
from benchmarks.memory import peak
from benchmarks.start import import_time
from litedenoise_sdk.options import Precision

_ROOT = Path(__file__).parents[2]


class CaseFailed(Exception):
    """A case that cannot be measured; the message says why."""


class Sampler(Protocol):
    """Times one case, a few queries at a time.

    Attributes:
        enough: samples after which even a case with time left may end.
        most: samples that are never exceeded.
    """

    enough: int
    most: int

    def open(self) -> Mapping[str, Any]:
        """Makes the case ready.

        Returns:
            What is known about it by now: ``init_us``, ``first_us``, ``peak_memory_bytes``,
            ``precision``, ``block``, ``requested``, ``actual``, ...

        Raises:
            CaseFailed: it cannot be made ready.
        """
        ...

    def judge(self, pairs: Path, pictures: int) -> Mapping[str, Any]:
        """``psnr``, ``ssim`` and best ``setting`` on some pairs; empty where there is no picture.

        Of engines also the ``picture`` of the first pair; see ``sameness.picture_record``.

        Raises:
            CaseFailed: it broke down.
        """
        ...

    def sample(self, queries: int) -> list[float]:
        """Microseconds of each of ``queries`` queries.

        Raises:
            CaseFailed: it broke down.
        """
        ...

    def close(self) -> Mapping[str, Any]:
        """Ends the processes; returns what is known only now."""
        ...


def sampler_for(case: HostCase) -> Sampler:
    """The right one for the case's kind."""
    if case.kind == "growth":
        return GrowthSampler(case)
    if case.kind == "start":
        return ImportSampler() if case.what == "import" else FirstPhotoSampler(case)
    return WorkerSampler(case)


class WorkerSampler:
    """A worker process that stays open while other cases are timed."""

    enough, most = 3, sys.maxsize

    def __init__(self, case: HostCase) -> None:
        self._case = case
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        self._process: subprocess.Popen[str] | None = None

    def open(self) -> Mapping[str, Any]:
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "benchmarks.host.worker",
                json.dumps(dataclasses.asdict(self._case)),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            cwd=_ROOT,
        )
        opened: Mapping[str, Any] = self._answer()
        return opened

    def judge(self, pairs: Path, pictures: int) -> Mapping[str, Any]:
        judged: Mapping[str, Any] = self._ask(do="judge", folder=str(pairs), pictures=pictures)
        return judged

    def sample(self, queries: int) -> list[float]:
        samples_us: list[float] = self._ask(do="time", queries=queries)
        return samples_us

    def close(self) -> Mapping[str, Any]:
        if self._process is not None:
            self._process.kill()  # it has nothing to save, and may be in the middle of a query
            self._process.communicate()
            self._process = None
        self._errors.close()
        return {}

    def _ask(self, **command: object) -> Any:
        process = self._running()
        assert process.stdin is not None
        try:
            print(json.dumps(command), file=process.stdin, flush=True)
        except BrokenPipeError:
            raise self._failure() from None
        return self._answer()

    def _answer(self) -> Any:
        process = self._running()
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise self._failure()
        return json.loads(line)

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            raise CaseFailed("the worker was never started")
        return self._process

    def _failure(self) -> CaseFailed:
        code = self._running().wait()
        self._errors.seek(0)
        return CaseFailed(_last_words(code, self._errors.read().decode(errors="replace")))


class FirstPhotoSampler:
    """From the start of a process to the first denoised photo, each time in a new one."""

    enough, most = 3, 32

    def __init__(self, case: HostCase) -> None:
        self._case = dataclasses.replace(case, kind="sdk")

    def open(self) -> Mapping[str, Any]:
        opened, _ = self._start()  # also fills the disk cache
        return opened

    def judge(self, pairs: Path, pictures: int) -> Mapping[str, Any]:
        return {}

    def sample(self, queries: int) -> list[float]:
        return [self._start()[1] for _ in range(queries)]

    def close(self) -> Mapping[str, Any]:
        return {}

    def _start(self) -> tuple[Mapping[str, Any], float]:
        worker = WorkerSampler(self._case)
        started = time.perf_counter()
        try:
            opened = worker.open()
            return opened, (time.perf_counter() - started) * 1e6
        finally:
            worker.close()


class ImportSampler:
    """``import litedenoise_sdk`` beyond ``import numpy``, each time in a new process."""

    enough, most = 3, 32

    def open(self) -> Mapping[str, Any]:
        import_time.import_once()  # fills the disk cache
        return {}

    def judge(self, pairs: Path, pictures: int) -> Mapping[str, Any]:
        return {}

    def sample(self, queries: int) -> list[float]:
        return [import_time.import_once()[1] * 1e6 for _ in range(queries)]

    def close(self) -> Mapping[str, Any]:
        return {}


class GrowthSampler:
    """One photo in one process: how time and peak memory grow with its size."""

    enough, most = 1, 1

    def __init__(self, case: HostCase) -> None:
        self._case = case
        self._outcome: peak.Outcome | None = None

    def open(self) -> Mapping[str, Any]:
        return {"precision": self._case.what, "requested": "cpu", "actual": "cpu"}

    def judge(self, pairs: Path, pictures: int) -> Mapping[str, Any]:
        return {}

    def sample(self, queries: int) -> list[float]:
        size = self._case.size
        case = peak.Case(
            precision=cast(Precision, self._case.what),
            max_memory_mb=512,
            height=size.height,
            width=size.width,
        )
        try:
            self._outcome = peak.measure(case)
        except RuntimeError as error:
            raise CaseFailed(str(error).splitlines()[-1]) from error
        return [case.megapixels / self._outcome.megapixels_per_second * 1e6]

    def close(self) -> Mapping[str, Any]:
        if self._outcome is None:
            return {}
        return {
            "block": self._outcome.block,
            "peak_memory_bytes": round(self._outcome.peak_mb * 1e6),
            "note": f"{self._outcome.planned_mb:.0f} MB planned; arrays of the photo not counted",
        }


def _last_words(code: int, errors: str) -> str:
    """The end of what a process wrote before it ended, on one line."""
    lines = [line.strip() for line in errors.splitlines() if line.strip()]
    words = lines[-1] if lines else "it wrote nothing"
    return f"the worker ended with code {code}: {words}"
