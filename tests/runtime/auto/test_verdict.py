"""What "auto" decides, and that no driver can hurt the process that asks."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from litedenoise_sdk import Denoiser
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.options import Delegate
from litedenoise_sdk.runtime.accelerators.blocks import BLOCK_COSTS
from litedenoise_sdk.runtime.auto import verdict
from litedenoise_sdk.runtime.auto.isolated import try_delegate
from litedenoise_sdk.runtime.auto.trial import Trial
from litedenoise_sdk.runtime.auto.verdict import Verdict, decide
from litedenoise_sdk.runtime.openers import photo_openers
from litedenoise_sdk.runtime.protocol import Task
from litedenoise_sdk.runtime.select import open_runtime

MODEL = load_released("int8")
BLOCK = Size(64, 64)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(verdict, "present", lambda: ("gpu", "npu"))
    return tmp_path / "litedenoise" / "verdicts"


def trials(**seconds: float | None) -> Callable[..., Trial]:
    """Tries that end as told: seconds for a block, or None for a refusal. The CPU takes 1 s."""

    def try_one(_: Any, delegate: Delegate, *__: Any) -> Trial:
        taken = seconds[delegate]
        if taken is None:
            return Trial(delegate, False, f"{delegate} gave a grid")
        return Trial(delegate, True, f"{delegate} agrees", taken, 1.0, 60.0, 46, 46)

    return try_one


@pytest.mark.parametrize(
    ("gpu", "npu", "chosen"),
    [(0.5, 0.2, "npu"), (0.1, 0.2, "gpu"), (None, 0.2, "npu"), (2.0, 0.97, "cpu"),
     (None, None, "cpu")],
)  # fmt: skip
def test_fastest_that_agrees_is_taken(
    gpu: float | None, npu: float | None, chosen: str, cache: Path
) -> None:
    decided = decide(MODEL, 2, trials(gpu=gpu, npu=npu))
    assert decided.delegate == chosen
    assert f"{chosen} is the fastest that computes the same" in decided.reason
    if gpu is None:
        assert "gpu gave a grid" in decided.reason


def test_verdict_is_remembered_for_the_same_model_and_threads(cache: Path) -> None:
    first = decide(MODEL, 2, trials(gpu=None, npu=0.5))
    assert decide(MODEL, 2, trials(gpu=0.1, npu=0.1)) == first
    assert decide(MODEL, 1, trials(gpu=0.1, npu=0.5)).delegate == "gpu"
    assert decide(load_released("fp32"), 2, trials(gpu=0.1, npu=0.5)).delegate == "gpu"
    assert len(list(cache.iterdir())) == 3


@pytest.mark.parametrize(("photo_work", "faster"), [(1.5, True), (3.0, False)])
def test_what_a_photo_repeats_counts(photo_work: float, faster: bool) -> None:
    trial = Trial("npu", True, "", 0.5, 1.0, photo_work=photo_work, cpu_photo_work=1.05)
    assert trial.is_faster == faster


def test_another_library_or_driver_is_measured_anew(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide(MODEL, 2, trials(gpu=None, npu=0.5))
    monkeypatch.setattr(verdict, "package_version", lambda _: "99")
    assert decide(MODEL, 2, trials(gpu=0.1, npu=0.5)).delegate == "gpu"
    monkeypatch.setenv("VK_DRIVER_FILES", "/another/driver.json")
    assert decide(MODEL, 2, trials(gpu=None, npu=0.5)).delegate == "npu"


def test_broken_cache_is_measured_anew(cache: Path) -> None:
    decide(MODEL, 2, trials(gpu=None, npu=0.5))
    (file,) = cache.iterdir()
    file.write_text("[{")
    assert decide(MODEL, 2, trials(gpu=0.1, npu=0.5)).delegate == "gpu"


def test_cache_that_cannot_be_written_is_no_error(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert decide(MODEL, 2, trials(gpu=0.5, npu=0.6)).delegate == "gpu"


def test_variable_limits_what_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VK_DRIVER_FILES", "/some/driver.json")
    monkeypatch.setenv(verdict.LIMITING_VARIABLE, "gpu,npu")
    assert set(verdict.present()) == {"gpu", "npu"}
    monkeypatch.setenv(verdict.LIMITING_VARIABLE, "npu")
    assert verdict.present() == ("npu",)
    monkeypatch.setenv(verdict.LIMITING_VARIABLE, "none")
    assert decide(MODEL, 1) == Verdict("cpu", "no accelerator was found; cpu", ())


def test_auto_tries_for_real_and_says_what_it_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv(verdict.LIMITING_VARIABLE, "npu")
    decided = decide(MODEL, 1)
    (trial,) = decided.trials
    assert trial.usable, trial.reason
    assert "agrees with the CPU" in trial.reason
    assert trial.accelerated_operators == trial.total_operators == len(MODEL.graph.operators)
    assert trial.seconds is not None
    assert trial.cpu_seconds is not None
    # Never one that is slower than the CPU.
    photo, cpu_photo = trial.seconds * trial.photo_work, trial.cpu_seconds * trial.cpu_photo_work
    assert (decided.delegate == "npu") == (photo < 0.95 * cpu_photo)
    # Blocks repeat their halo; rows repeat next to nothing, and less than a small block.
    assert trial.photo_work > 1.1
    assert 0.7 < trial.cpu_photo_work < 1
    with Denoiser(precision="int8", threads=1) as denoiser:
        denoiser.denoise(np.zeros((40, 48, 3), np.uint8))
        assert denoiser.report is not None
        assert denoiser.report.actual == decided.delegate
        assert denoiser.report.reason.startswith(decided.reason)


def test_auto_stays_on_the_cpu_where_memory_is_short() -> None:
    def choose(*_: Any) -> Verdict:
        return Verdict("npu", "npu is the fastest", ())

    task = Task(Size(900, 1200), 1, BLOCK_COSTS["npu"].fixed_bytes, 0)
    report = open_runtime(MODEL, task, "auto", 1, photo_openers(None), decide=choose).report
    assert report.actual == "cpu"
    assert "needs at least max_memory_mb=2" in report.reason
    assert "the budget is 200 MB" in report.reason


@pytest.mark.tools  # the Vulkan loader
def test_driver_that_is_missing_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VK_DRIVER_FILES", "/no/such/driver.json")
    trial = try_delegate(MODEL, "gpu", BLOCK, 1)
    assert not trial.usable
    assert "no usable graphics adapter" in trial.reason
    assert "install a Vulkan driver" in trial.reason


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("import signal; signal.pause()", "driver hangs"),
        ("import os; os.abort()", r"crashed the process that tried it \(signal 6\)"),
        ("raise SystemExit(3)", r"\(exit code 3\)"),
    ],
)
def test_drivers_that_hang_or_crash_are_refusals(program: str, reason: str) -> None:
    limit_s = 0.5 if "pause" in program else 60
    trial = try_delegate(MODEL, "gpu", BLOCK, 1, limit_s, (sys.executable, "-c", program))
    assert not trial.usable
    assert re.search(reason, trial.reason)


def test_program_that_is_not_there_is_a_refusal() -> None:
    trial = try_delegate(MODEL, "gpu", BLOCK, 1, program=("/no/such/python",))
    assert not trial.usable
    assert "was not tried" in trial.reason
