from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from litedenoise_sdk.errors import DelegateError, OptionsError
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.load import LoadedModel, load_released
from litedenoise_sdk.options import Delegate
from litedenoise_sdk.runtime.accelerators.photos import Opener
from litedenoise_sdk.runtime.auto.verdict import Verdict
from litedenoise_sdk.runtime.openers import RUNTIMES
from litedenoise_sdk.runtime.protocol import RunReport, Runtime
from litedenoise_sdk.runtime.select import open_runtime

BLOCK = Size(32, 48)
MODEL = load_released("int8")


class MirrorRuntime:
    """A processor that turns pictures around."""

    def __init__(
        self, model: LoadedModel, block: Size, threads: int, requested: Delegate, reason: str
    ) -> None:
        total = len(model.graph.operators)
        self.report = RunReport(
            requested, "gpu", reason, total, total, model.sidecar.precision, block, threads
        )

    def run(self, block: NDArray[Any]) -> NDArray[Any]:
        return block[:, ::-1]

    def close(self) -> None:
        pass


def _decline(*_: object) -> Runtime:
    raise DelegateError("no such hardware")


def _gpu_verdict(*_: object) -> Verdict:
    return Verdict("gpu", "gpu is the fastest", ())


def test_named_processor_is_opened() -> None:
    report = open_runtime(MODEL, BLOCK, "cpu", 2, RUNTIMES).report
    assert (report.requested, report.actual) == ("cpu", "cpu")
    assert report.reason == "named by the caller"
    assert report.threads == 2


def test_auto_is_recorded_with_its_reason() -> None:
    runtime = open_runtime(MODEL, BLOCK, "auto", 1, RUNTIMES)
    assert (runtime.report.requested, runtime.report.actual) == ("auto", "cpu")
    assert "cpu" in runtime.report.reason
    photo = np.zeros((32, 48, 3), np.uint8)
    assert runtime.run(photo).shape == photo.shape


def test_auto_takes_what_was_decided() -> None:
    runtimes: dict[Delegate, Opener] = {**RUNTIMES, "gpu": MirrorRuntime}
    runtime = open_runtime(MODEL, BLOCK, "auto", 1, runtimes, decide=_gpu_verdict)
    assert isinstance(runtime, MirrorRuntime)
    assert runtime.report.reason == "gpu is the fastest"


def test_auto_falls_back_once_where_the_decision_no_longer_holds() -> None:
    runtimes: dict[Delegate, Opener] = {**RUNTIMES, "gpu": _decline}
    report = open_runtime(MODEL, BLOCK, "auto", 1, runtimes, decide=_gpu_verdict).report
    assert (report.requested, report.actual) == ("auto", "cpu")
    assert report.reason == "gpu declined: no such hardware; cpu instead"


def test_strict_policy_replaces_nothing() -> None:
    runtimes: dict[Delegate, Opener] = {**RUNTIMES, "gpu": _decline}
    with pytest.raises(DelegateError, match=r"^no such hardware$"):
        open_runtime(MODEL, BLOCK, "gpu", 1, runtimes)


def test_allow_policy_falls_back_and_says_so() -> None:
    runtimes: dict[Delegate, Opener] = {**RUNTIMES, "gpu": _decline}
    report = open_runtime(MODEL, BLOCK, "gpu", 1, runtimes, policy="allow").report
    assert (report.requested, report.actual) == ("gpu", "cpu")
    assert report.reason == "gpu declined: no such hardware; cpu instead"
    assert 0 < report.accelerated_operators <= report.total_operators


def test_all_reasons_are_told_when_all_decline() -> None:
    with pytest.raises(DelegateError, match="gpu declined: no such hardware; cpu declined: no"):
        open_runtime(MODEL, BLOCK, "gpu", 1, {"gpu": _decline, "cpu": _decline}, policy="allow")


def test_bad_block_is_no_reason_to_try_another() -> None:
    with pytest.raises(OptionsError, match="multiples of 16"):
        open_runtime(MODEL, Size(30, 30), "auto", 1, RUNTIMES)
