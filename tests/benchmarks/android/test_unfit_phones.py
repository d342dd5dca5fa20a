"""Phones and computers on which nothing can be measured: refused, and told why."""

from pathlib import Path

import pytest

from benchmarks.android.__main__ import NO_PHONE, OK, UNFIT, USAGE, main
from tests.benchmarks.android.conftest import Plug
from tests.benchmarks.android.phone_simulator import PhoneSimulator
from tests.benchmarks.android.through_adb import NPU, bench


def test_a_release_has_no_benchmark(
    plug: Plug, output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, run = bench(plug(PhoneSimulator(has_benchmark=False)), output)
    assert (code, run.cases[0].status) == (UNFIT, "failed")
    assert "a release has none" in capsys.readouterr().err


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
