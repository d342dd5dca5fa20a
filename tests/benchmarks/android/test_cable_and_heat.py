"""Cables that are pulled, and phones that are hot."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from adbutils import AdbClient

from benchmarks.android.__main__ import MISSED, OK, UNFIT, main
from benchmarks.android.case import PhoneCase
from benchmarks.android.phone import Phone
from benchmarks.android.run import COOL_C, measure_phone
from tests.benchmarks.android.conftest import Plug
from tests.benchmarks.android.phone_simulator import PhoneSimulator
from tests.benchmarks.android.through_adb import LIMITS, bench, measured


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
