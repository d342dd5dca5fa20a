"""One model for one photo after the other; a processor that fails in the middle is replaced."""

from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import numpy as np
import pytest
from numpy.typing import NDArray

from litedenoise_sdk import Denoiser, DenoiserOptions
from litedenoise_sdk.engine import Engine
from litedenoise_sdk.errors import DelegateError
from litedenoise_sdk.geometry import Box, Size
from litedenoise_sdk.options import Delegate, Policy
from litedenoise_sdk.plan_and_report import DenoisePlan
from litedenoise_sdk.progress import ProgressCallback
from litedenoise_sdk.runner import Runner
from litedenoise_sdk.runtime import openers
from litedenoise_sdk.runtime.auto import verdict
from litedenoise_sdk.runtime.auto.trial import Trial
from litedenoise_sdk.runtime.auto.verdict import Verdict
from litedenoise_sdk.runtime.cpu.choose import plan_photo
from litedenoise_sdk.runtime.cpu.runtime import plan_on_cpu
from litedenoise_sdk.runtime.protocol import RunReport, Take, Task
from litedenoise_sdk.runtime.select import open_runtime

PHOTO = np.random.default_rng(5).integers(60, 180, (48, 64, 3), np.uint8)


class Failing:
    """A neural processor that is too slow for LiteRT's patience."""

    opened = 0
    photo_is_free = False

    def __init__(self, model: Any, task: Task, threads: int, requested: Any, reason: str) -> None:
        type(self).opened += 1
        self.plan = plan_on_cpu(model, task)
        self.report = RunReport(requested, "npu", reason, 1, 1, "int8", task.photo, threads)

    def denoise(self, photo: NDArray[Any], take: Take, progress: ProgressCallback | None) -> None:
        take(Box(0, 0, 20, photo.shape[1]), np.full_like(photo[:20], 7))  # what was done until then
        raise DelegateError("npu failed on a block: timed out")

    def close(self) -> None:
        pass


@pytest.fixture
def failing_npu(monkeypatch: pytest.MonkeyPatch) -> type[Failing]:
    real = openers.photo_openers

    def with_failing(library: str | None) -> dict[Delegate, Any]:
        return {**real(library), "npu": Failing}

    monkeypatch.setattr("litedenoise_sdk.engine.photo_openers", with_failing)
    chosen = Verdict("npu", "npu is the fastest that computes the same", ())
    monkeypatch.setitem(open_runtime.__kwdefaults__ or {}, "decide", lambda *_: chosen)
    monkeypatch.setattr(Failing, "opened", 0)
    return Failing


@pytest.mark.parametrize(("delegate", "policy"), [("auto", "strict"), ("npu", "allow")])
def test_cpu_takes_over_with_a_note(
    failing_npu: type[Failing], delegate: Delegate, policy: Policy, tmp_path: Path
) -> None:
    from PIL import Image

    with Denoiser("int8", "cpu") as denoiser:
        expected = denoiser.denoise(PHOTO)
    Image.fromarray(PHOTO).save(tmp_path / "a.png")
    with Denoiser("int8", delegate, policy=policy) as denoiser:
        report = denoiser.denoise_file(tmp_path / "a.png", tmp_path / "b.png")
        assert report.run is not None
        assert (report.run.requested, report.run.actual) == (delegate, "cpu")
        (note,) = report.notes
        assert note == "npu failed: npu failed on a block: timed out; cpu instead"
        # The next photo, of another size, does not wait for it again.
        denoiser.denoise(PHOTO[:40])
    assert failing_npu.opened == 1
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "b.png")), expected)


def test_processor_that_was_named_is_not_replaced(failing_npu: type[Failing]) -> None:
    with Denoiser("int8", "npu") as denoiser, pytest.raises(DelegateError, match="timed out"):
        denoiser.denoise(PHOTO)


def test_plan_of_auto_is_that_of_the_processor_it_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(verdict, "present", lambda: ("npu",))

    def planned(delegate: Delegate, memory_mb: int = 2000) -> int:
        options = DenoiserOptions("fp32", delegate, 2, memory_mb)
        return Engine(options).plan(Size(2432, 3200), 1).peak_memory_bytes

    assert planned("auto") == planned("cpu")  # nothing was measured yet
    trial = Trial("npu", True, "npu agrees", 0.1, 1.0, 60.0, 46, 46)
    verdict.decide(Engine(DenoiserOptions("fp32")).model, 2, lambda *_: trial)
    assert planned("auto") == planned("npu") != planned("cpu")
    assert planned("auto", 400) <= 400_000_000


def test_photos_of_one_size_are_planned_once_and_told_the_plan(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    planned = MagicMock(side_effect=plan_photo)
    monkeypatch.setattr("litedenoise_sdk.runtime.cpu.runtime.plan_photo", planned)
    runner = Runner(DenoiserOptions("int8"))
    told: list[DenoisePlan] = []
    for photo in (PHOTO, PHOTO, 255 - PHOTO):  # of which the second one is remembered
        runner.run(photo, planned=told.append)
    runner.close()
    planned.assert_called_once()
    assert told == 2 * [runner.plan(Size(*PHOTO.shape[:2]))]
