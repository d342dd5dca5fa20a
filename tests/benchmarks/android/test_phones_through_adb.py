"""The command on simulated phones through the real adb: every ending has the right verdict."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from adbutils import AdbClient

from benchmarks.android.__main__ import MISSED, NO_PHONE, OK, UNFIT, USAGE, main
from benchmarks.android.case import PhoneCase
from benchmarks.android.limits import PhoneLimits
from benchmarks.android.phone import PACKAGE, Phone
from benchmarks.android.run import COOL_C, measure_phone
from benchmarks.record import BenchmarkRun, CaseResult, load_run
from tests.benchmarks.android.conftest import Plug
from tests.benchmarks.android.phone_simulator import PhoneSimulator

NPU = "android/npu/int8/1088x1920"
LIMITS = PhoneLimits(queries=16, seconds=1, most_seconds=2)


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "run.json"


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


def test_a_release_has_no_benchmark(
    plug: Plug, output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, run = bench(plug(PhoneSimulator(has_benchmark=False)), output)
    assert (code, run.cases[0].status) == (UNFIT, "failed")
    assert "a release has none" in capsys.readouterr().err


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


@pytest.mark.parametrize(
    ("phone", "reason"),
    [
        (PhoneSimulator(thermal_status=4), "thermal emergency"),
        (PhoneSimulator(battery=12), "battery at 12 %"),
        (PhoneSimulator(awake=False), "screen stays off"),
        (PhoneSimulator(locked=True), "the phone is locked"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_phone_that_cannot_be_measured_now_has_an_exit_code_of_its_own(
    plug: Plug, output: Path, capsys: pytest.CaptureFixture[str], phone: PhoneSimulator, reason: str
) -> None:
    code, run = bench(plug(phone), output)
    (case,) = run.cases
    assert (code, case.status, case.samples_us) == (UNFIT, "failed", ())
    assert reason in case.reason
    assert reason in capsys.readouterr().err
    assert not phone.started


@pytest.mark.parametrize(
    ("phone", "reason"),
    [
        (PhoneSimulator(sdk=25), "Android 8.0"),
        (PhoneSimulator(abi="x86_64"), "arm64-v8a"),
        (PhoneSimulator(installed=False), "not installed"),
        (PhoneSimulator(authorized=False), "accept the computer's key"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_phone_that_cannot_be_measured_is_refused(
    plug: Plug, output: Path, capsys: pytest.CaptureFixture[str], phone: PhoneSimulator, reason: str
) -> None:
    assert main(["--serial", plug(phone), "--output", str(output)]) == UNFIT
    assert reason in capsys.readouterr().err
    assert not phone.started


def test_a_full_phone_and_a_refused_apk(
    plug: Plug, apk: Path, output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    full = PhoneSimulator(room=1000)
    refusing = PhoneSimulator(install_says="Failure [INSTALL_FAILED_UPDATE_INCOMPATIBLE]")
    for phone, reason in ((full, "could not be copied"), (refusing, "UPDATE_INCOMPATIBLE")):
        assert main(["--serial", plug(phone), "--apk", str(apk), "--output", str(output)]) == UNFIT
        assert reason in capsys.readouterr().err
        assert phone.files == {}


def test_fewer_queries_than_asked_are_kept_and_marked(plug: Plug, output: Path) -> None:
    code, run = bench(plug(PhoneSimulator(changes={"samples_us": [33_000] * 40})), output)
    (case,) = run.cases
    assert (code, case.status, len(case.samples_us)) == (MISSED, "partial", 40)
    assert case.reason == "40 of 128 queries; a case ends after 60 s"


def test_a_pulled_cable_costs_nothing_but_time(plug: Plug) -> None:
    phone = PhoneSimulator(cuts={"pidof": 1})
    (case,) = measured(phone, plug(phone))
    assert (case.status, len(case.samples_us)) == ("ok", LIMITS.queries)
    assert len(phone.started) == 1, "the case went on, and was not started again"


@pytest.mark.parametrize(
    "command",
    ["getprop", "push", "pm install", "pm path", "rm -f", "dumpsys battery", "am start", "cat"],
)
def test_a_cable_may_be_pulled_at_any_moment(
    plug: Plug, output: Path, apk: Path, command: str
) -> None:
    phone = PhoneSimulator(installed=False, cuts={command: 2})
    code, run = bench(plug(phone), output, "--apk", str(apk))
    assert (code, [case.status for case in run.cases]) == (OK, ["ok"])
    assert phone.cuts == {command: 0}
    assert (phone.installed, phone.files, phone.result) == (False, {}, None)


@pytest.mark.parametrize("command", ["getprop", "push", "pm install"])
def test_a_cable_that_never_holds_is_given_up(
    plug: Plug, output: Path, apk: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    phone = PhoneSimulator(installed=False, cuts={command: 99})
    assert main(["--serial", plug(phone), "--apk", str(apk), "--output", str(output)]) == UNFIT
    assert "ended 3 times: try another cable" in capsys.readouterr().err
    assert not phone.started


def test_a_cable_that_fails_in_a_case_fails_that_case(plug: Plug, output: Path) -> None:
    code, run = bench(plug(PhoneSimulator(cuts={"pidof": 99})), output)
    (case,) = run.cases
    assert (code, case.status) == (MISSED, "failed")
    assert "ended 3 times" in case.reason


def test_a_phone_that_does_not_come_back_fails_the_rest(plug: Plug) -> None:
    phone = PhoneSimulator()
    serial = plug(phone)
    real = Phone(AdbClient(), serial, sleep=phone.cool)
    cases = [PhoneCase("npu", "int8", "1088x1920"), PhoneCase("gpu", "int8", "1088x1920")] * 2
    results = measure_phone(real, cases, "quick", LIMITS, lambda line: None, phone.cool)
    found = [next(results)]
    phone.authorized, phone.cuts = False, {"pidof": 1}
    found += results
    assert [case.status for case in found] == ["ok", "failed", "failed", "failed"]
    assert all("did not come back" in case.reason for case in found[1:])


def test_a_hot_phone_cools_down_before_each_case(plug: Plug) -> None:
    cases = [PhoneCase("npu", "int8", "1088x1920")] * 3
    phone = PhoneSimulator(heats_c=15, throttles=2)
    results = measured(phone, plug(phone), *cases)
    assert all(case.summary and case.summary.p50_us == 33_000 for case in results)
    assert all(case.before.temperature_c <= COOL_C for case in results)  # type: ignore[operator]
    assert "to cool down" in results[1].notes[0]
    assert "to cool down" not in results[0].notes[0]


def test_a_phone_that_stays_hot_is_measured_after_five_minutes_and_marked(plug: Plug) -> None:
    phone = PhoneSimulator(thermal_status=2)
    (case,) = measured(phone, plug(phone))
    assert phone.waited_s == 300
    assert (case.status, case.before.status) == ("ok", 2)


def test_throttling_within_a_case_is_drift(plug: Plug) -> None:
    def throttled(queries: int) -> Sequence[float]:
        return [33_000 if at < queries // 2 else 49_500 for at in range(queries)]

    phone = PhoneSimulator(latencies=throttled)
    (case,) = measured(phone, plug(phone))
    assert case.summary is not None
    assert case.summary.drift == pytest.approx(0.5)


def test_several_phones_at_once(
    plug: Plug, output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = plug(PhoneSimulator()), plug(PhoneSimulator(soc="SM8750"))
    assert main(["--cases", NPU, "--output", str(output)]) == USAGE
    assert "--serial" in capsys.readouterr().err
    code, run = bench(first, output, "--serial", second)
    assert code == OK
    assert {case.device.soc for case in run.cases} == {"MT6993", "SM8750"}
    assert main(["--list"]) == OK
    listed = capsys.readouterr().out
    assert f"{first}  device" in listed
    assert NPU in listed


def test_one_unfit_phone_leaves_the_others_results(
    plug: Plug, output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, old = plug(PhoneSimulator()), plug(PhoneSimulator(sdk=21))
    code, run = bench(good, output, "--serial", old)
    assert (code, [case.status for case in run.cases]) == (UNFIT, ["ok"])
    assert f"{old}: expected Android 8.0" in capsys.readouterr().err


def test_no_phone_no_adb_no_case(
    adb_server: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([]) == NO_PHONE
    assert "USB debugging" in capsys.readouterr().err
    assert main(["--cases", "host/*"]) == USAGE
    assert main(["--apk", "nowhere.apk"]) == USAGE
    monkeypatch.setenv("PATH", "")
    assert main([]) == NO_PHONE
    assert "apt install adb" in capsys.readouterr().err


def test_a_serial_that_is_not_there(plug: Plug, capsys: pytest.CaptureFixture[str]) -> None:
    plug(PhoneSimulator())
    assert main(["--serial", "R5CT"]) == NO_PHONE
    assert "no phone 'R5CT'" in capsys.readouterr().err


def test_the_golden_result_of_the_app_has_what_is_read() -> None:
    golden = json.loads(Path("tests/golden/benchmark_result.json").read_text(encoding="utf-8"))
    phone = PhoneSimulator()
    phone.shell(
        f"am start -S -W -n {PACKAGE}/.BenchmarkActivity --es model int8 --es delegate npu "
        "--es block 256x256 --es runs 2"
    )
    assert phone.result is not None
    assert json.loads(phone.result).keys() == golden.keys()
