"""The command on simulated phones, and a phone's cases without it."""

from pathlib import Path

from adbutils import AdbClient

from benchmarks.android.__main__ import main
from benchmarks.android.case import PhoneCase
from benchmarks.android.limits import PhoneLimits
from benchmarks.android.phone import Phone
from benchmarks.android.run import measure_phone
from benchmarks.record import BenchmarkRun, CaseResult, load_run
from tests.benchmarks.android.phone_simulator import PhoneSimulator

NPU = "android/npu/int8/1088x1920"
LIMITS = PhoneLimits(queries=16, seconds=1, most_seconds=2)


def bench(serial: str, output: Path, *words: str) -> tuple[int, BenchmarkRun]:
    """Exit code and record of one case, or of those that the words say."""
    cases = () if "--cases" in words else ("--cases", NPU)
    code = main([*cases, "--serial", serial, "--output", str(output), "--cooldown", "0", *words])
    return code, load_run(output)


def measured(phone: PhoneSimulator, serial: str, *cases: PhoneCase) -> list[CaseResult]:
    """Cases with time that passes as the phone is told."""
    real = Phone(AdbClient(), serial, sleep=phone.cool)
    chosen = cases or (PhoneCase("npu", "int8", "1088x1920"),)
    return list(measure_phone(real, chosen, "quick", LIMITS, lambda line: None, phone.cool))
