"""Google's ``benchmark_model`` on the phone, to compare with the app's own figure.

Its flags and what it prints: tensorflow/lite/tools/benchmark, README.md and benchmark_model.cc.
It reports only aggregates, no single queries, and supports an NPU only through a vendor's own
delegate.
"""

import io
import re
from functools import partial
from pathlib import Path

from benchmarks.android.case import PhoneCase
from benchmarks.android.errors import BrokenResult
from benchmarks.android.limits import PhoneLimits
from benchmarks.android.phone import Phone
from benchmarks.record import ToolFigure
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.model.retile import retile

_NAME = "ld_benchmark"  # as the kernel keeps it: 15 letters at most
_BINARY = f"/data/local/tmp/{_NAME}"
_MODEL = f"{_BINARY}.tflite"
_LONGEST_S = 1800
_SPARE_S = 60.0

_FLAGS = {
    "cpu": ("--use_xnnpack=true",),
    "gpu": ("--use_gpu=true",),
    "nnapi": ("--use_nnapi=true",),
}
_TIMINGS = re.compile(
    r"Inference timings in us: Init: (\S+), First inference: (\S+), .*Inference \(avg\): (\S+)"
)
_DELEGATED = re.compile(r"the model graph will (be completely|be partially|not be) executed")
_SHARES = {"be completely": "all", "be partially": "a part", "not be": "nothing"}


class GoogleTool:
    """The binary that the user has; on each phone it is installed before the first case."""

    def __init__(self, binary: Path) -> None:
        self._binary = binary

    def install(self, phone: Phone) -> None:
        """Copies it to the phone.

        Raises:
            UnfitPhone: the phone does not take it.
        """
        with self._binary.open("rb") as file:
            phone.push(file, _BINARY, self._binary.name, mode=0o755)

    def remove(self, phone: Phone) -> None:
        """Removes it from the phone."""
        phone.run("pkill", "-x", _NAME)
        phone.run("rm", "-f", _BINARY, _MODEL)

    def measure(
        self, phone: Phone, case: PhoneCase, limits: PhoneLimits, threads: int | None
    ) -> ToolFigure:
        """The case's model in its block, on the same delegate and number of threads.

        Args:
            phone: one on which the tool is installed.
            case: what the app has measured.
            limits: that the app was given, by the same rule.
            threads: that the app ran on, or None for the tool's own choice.

        Raises:
            BrokenResult: no such delegate, or nothing was measured; with the tool's own words.
        """
        if case.delegate not in _FLAGS:
            raise BrokenResult(f"it has no delegate for {case.delegate}")
        flags = (
            *_FLAGS[case.delegate],
            *([] if threads is None else [f"--num_threads={threads}"]),
            f"--num_runs={limits.queries}",
            f"--min_secs={limits.seconds:g}",
            f"--max_secs={limits.most_seconds:g}",
        )
        phone.persistently(partial(_push_model, phone, case))
        return read_figure(phone.persistently(partial(_ran, phone, flags)), flags)


def read_figure(text: str, flags: tuple[str, ...]) -> ToolFigure:
    """What ``benchmark_model`` prints at its end; older versions print no median.

    Raises:
        BrokenResult: it does not say how long an inference took.
    """
    timings = _TIMINGS.search(text)
    counts = re.findall(r"\bcount=\d+ .*", text)  # of the warm-up, then of the queries
    if timings is None or not counts:
        lines = text.strip().splitlines() or ["nothing"]
        raise BrokenResult(f"it measured nothing; it said: {lines[-1].strip()}")
    try:
        init_us, first_us, average_us = (float(value) for value in timings.groups())
        told = {name: float(value) for name, value in re.findall(r"(\w+)=([\d.e+-]+)", counts[-1])}
        only = told.get("curr", average_us)  # all there is of a single query, or of equal ones
        delegated = _DELEGATED.search(text)
        return ToolFigure(
            flags=flags,
            queries=round(told["count"]),
            init_us=init_us,
            first_us=first_us,
            average_us=average_us,
            median_us=told.get("median"),
            least_us=told.get("min", only),
            most_us=told.get("max", only),
            delegated=_SHARES[delegated[1]] if delegated else "",
        )
    except ValueError as error:
        raise BrokenResult(f"its figures cannot be read: {error}") from error


def _push_model(phone: Phone, case: PhoneCase) -> None:
    content = retile(load_released(case.precision).content, Size.parse(case.block))
    phone.push(io.BytesIO(content), _MODEL, f"the model in {case.precision}")


def _ran(phone: Phone, flags: tuple[str, ...]) -> str:
    phone.run("pkill", "-x", _NAME)  # one left behind when the cable was pulled
    # Ended on the phone itself: left running, it would heat up the phone for the next case.
    limit = ("timeout", "-s", "KILL", str(_LONGEST_S))
    command = (*limit, _BINARY, f"--graph={_MODEL}", *flags)
    return phone.run(*command, within_s=_LONGEST_S + _SPARE_S)
