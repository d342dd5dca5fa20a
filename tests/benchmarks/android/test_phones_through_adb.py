"""The command on simulated phones through the real adb: every ending has the right verdict."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from adbutils import AdbClient

from benchmarks.android.__main__ import MISSED, OK
from benchmarks.android.case import PhoneCase
from benchmarks.android.limits import PhoneLimits
from benchmarks.android.phone import PACKAGE, Phone
from benchmarks.android.run import measure_phone
from tests.benchmarks.android.conftest import Plug
from tests.benchmarks.android.phone_simulator import PhoneSimulator
from tests.benchmarks.android.through_adb import bench, measured


def test_a_phone_within_the_published_latency_passes(
    plug: Plug, output: Path, apk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    phone = PhoneSimulator(installed=False)
    code, run = bench(plug(phone), output, "--apk", str(apk))
    (case,) = run.cases
    assert code == OK
    assert case.target is not None
    assert case.target.passed
    assert case.target.margin == pytest.approx(1 - 33 / 34)
    assert "2.5 ms are copies" in case.notes[1]
    assert "p90 33.0 ms and median 33.0 ms, target 34.0 ms" in case.notes[2]
    assert "6 such blocks" in case.notes[3]
    assert "budget 204 ms" in case.notes[3]
    assert (case.device.soc, case.before.temperature_c, case.before.status) == ("MT6993", 28, 0)
    assert case.peak_memory_bytes == 102_400_000
    assert "battery 80 %, charging, screen on" in case.notes[0]
    assert "pass" in capsys.readouterr().out
    # Nothing stays: neither the app, which was not there before, nor the APK, nor a result.
    assert (phone.installed, phone.files, phone.result) == (False, {}, None)


def test_the_app_gets_the_mode_of_mlperf(plug: Plug, output: Path) -> None:
    phone = PhoneSimulator()
    code, run = bench(plug(phone), output, "--mode", "normal")
    assert (code, len(run.cases[0].samples_us)) == (OK, 1024)
    assert phone.started == [
        {
            "model": "int8",
            "delegate": "npu",
            "block": "1088x1920",
            "runs": "1024",
            "min_duration_ms": "60000",
            "max_duration_ms": "600000",
        }
    ]
    assert phone.installed, "it was there before"


def test_percentiles_are_those_of_the_phone(plug: Plug) -> None:
    def skewed(queries: int) -> Sequence[float]:
        rng = np.random.default_rng(7)
        return [float(one) for one in rng.lognormal(np.log(34_000), 0.2, queries)]

    phone = PhoneSimulator(latencies=skewed)
    real = Phone(AdbClient(), plug(phone))
    limits = PhoneLimits(queries=20_000, seconds=60, most_seconds=3600)
    (case,) = measure_phone(
        real, [PhoneCase("npu", "int8", "1088x1920")], "normal", limits, print, phone.cool
    )
    assert case.summary is not None
    normal = {50: 0.0, 90: 1.2815516, 99: 2.3263479}
    expected = [34_000 * np.exp(0.2 * quantile) for quantile in normal.values()]
    found = [case.summary.p50_us, case.summary.p90_us, case.summary.p99_us]
    assert found == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"actual": "cpu", "reason": "npu declined"}, "cpu ran it, not the NPU (npu declined)"),
        ({"accelerated_operators": 30}, "30 of 36 operators"),
        ({"accelerated_operators": None}, "does not tell"),
    ],
)
def test_nothing_passes_that_the_npu_did_not_run(
    plug: Plug, output: Path, changes: dict[str, object], reason: str
) -> None:
    code, run = bench(plug(PhoneSimulator(changes=changes)), output)
    (case,) = run.cases
    assert (code, case.status) == (MISSED, "ok")
    assert case.target is not None
    assert (case.target.passed, case.target.margin) == (False, None)
    assert reason in case.notes[-1]


def test_a_slow_phone_misses_by_its_margin(plug: Plug, output: Path) -> None:
    phone = PhoneSimulator(soc="SM8750", latencies=lambda queries: [50_710.0] * queries)
    code, run = bench(plug(phone), output)
    target = run.cases[0].target
    assert code == MISSED
    assert target is not None
    assert (target.latency_ms, target.passed) == (46.1, False)
    assert target.margin == pytest.approx(-0.1)


def test_the_verdict_is_by_p90_and_the_median_stands_beside(plug: Plug, output: Path) -> None:
    def uneven(queries: int) -> Sequence[float]:
        return [33_000 if at % 5 else 40_000 for at in range(queries)]

    code, run = bench(plug(PhoneSimulator(latencies=uneven)), output)
    assert code == MISSED
    assert "missed by p90, within by the median" in run.cases[0].notes[2]


def test_the_file_tells_when_a_case_is_done(plug: Plug) -> None:
    phone = PhoneSimulator(slow=3)
    (case,) = measured(phone, plug(phone))
    assert (case.status, phone.waited_s) == ("ok", 6)


def test_an_unknown_chip_has_no_target(plug: Plug, output: Path) -> None:
    code, run = bench(plug(PhoneSimulator(soc="SM6450")), output)
    assert (code, run.cases[0].target) == (OK, None)


def test_npu_against_gpu_is_in_the_report(
    plug: Plug, output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _ = bench(plug(PhoneSimulator()), output, "--cases", "android/[ng]pu/int8/1088x1920")
    assert code == OK
    assert "inference inversion" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("phone", "reason"),
    [
        (PhoneSimulator(changes={"model_sha256": "0" * 64}), "another model"),
        (PhoneSimulator(changes={"block": [512, 512]}), "expected block [1088, 1920]"),
        (PhoneSimulator(changes={"schema_version": 2}), "schema 1"),
        (PhoneSimulator(changes={"error": "out of memory"}), "could not measure: out of memory"),
        (PhoneSimulator(changes={"samples_us": []}), "expected samples_us"),
        (PhoneSimulator(changes={"samples_us": [33_000, -1]}), "microseconds above 0"),
        (PhoneSimulator(changes={"accelerated_operators": "all"}), "whole number or null"),
        (PhoneSimulator(text=lambda text: text[:100]), "expected JSON"),
        (PhoneSimulator(dies=True), "has died"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_case_that_fails_says_why(
    plug: Plug, output: Path, phone: PhoneSimulator, reason: str
) -> None:
    code, run = bench(plug(phone), output)
    (case,) = run.cases
    assert (code, case.status, case.samples_us, case.target) == (MISSED, "failed", (), None)
    assert reason in case.reason


def test_fewer_queries_than_asked_are_kept_and_marked(plug: Plug, output: Path) -> None:
    code, run = bench(plug(PhoneSimulator(changes={"samples_us": [33_000] * 40})), output)
    (case,) = run.cases
    assert (code, case.status, len(case.samples_us)) == (MISSED, "partial", 40)
    assert case.reason == "40 of 128 queries; a case ends after 60 s"


def test_the_golden_result_of_the_app_has_what_is_read() -> None:
    golden = json.loads(Path("tests/golden/benchmark_result.json").read_text(encoding="utf-8"))
    phone = PhoneSimulator()
    phone.shell(
        f"am start -S -W -n {PACKAGE}/.BenchmarkActivity --es model int8 --es delegate npu "
        "--es block 256x256 --es runs 2"
    )
    assert phone.result is not None
    assert json.loads(phone.result).keys() == golden.keys()
