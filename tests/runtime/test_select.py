from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from litedenoise_sdk.errors import DelegateError, OptionsError
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.load import LoadedModel, load_released
from litedenoise_sdk.options import Delegate
from litedenoise_sdk.runtime.protocol import RunReport, Runtime
from litedenoise_sdk.runtime.select import RUNTIMES, open_runtime

BLOCK = Size(32, 48)
MODEL = load_released("int8")


class MirrorRuntime:
    """A processor that turns pictures around."""

    def __init__(
        self, model: LoadedModel, block: Size, threads: int, requested: Delegate, reason: str
    ) -> None:
        total = len(model.graph.operators)
        self.report = RunReport(
            requested, requested, reason, total, total, model.sidecar.precision, block, threads
        )

    def run(self, block: NDArray[Any]) -> NDArray[Any]:
        return block[:, ::-1]

    def close(self) -> None:
        pass


def _decline(*_: object) -> Runtime:
    raise DelegateError("no such hardware")


def test_named_processor_is_opened() -> None:
    report = open_runtime(MODEL, BLOCK, "cpu", 2).report
    assert (report.requested, report.actual) == ("cpu", "cpu")
    assert report.reason == "named by the caller"
    assert report.threads == 2


def test_auto_is_recorded_with_its_reason() -> None:
    runtime = open_runtime(MODEL, BLOCK, "auto", 1)
    assert (runtime.report.requested, runtime.report.actual) == ("auto", "cpu")
    assert "cpu" in runtime.report.reason
    photo = np.zeros((32, 48, 3), np.uint8)
    assert runtime.run(photo).shape == photo.shape


def test_auto_takes_the_first_that_does_not_decline() -> None:
    runtime = open_runtime(MODEL, BLOCK, "auto", 1, {"npu": _decline, "mirror": MirrorRuntime})
    assert isinstance(runtime, MirrorRuntime)
    assert runtime.report.reason == (
        "npu declined: no such hardware; mirror is the fastest that can run the model"
    )


def test_all_reasons_are_told_when_all_decline() -> None:
    with pytest.raises(DelegateError, match="npu declined: no such hardware; gpu declined"):
        open_runtime(MODEL, BLOCK, "auto", 1, {"npu": _decline, "gpu": _decline})


def test_named_processor_that_declines_is_not_replaced() -> None:
    with pytest.raises(DelegateError, match="no such hardware"):
        open_runtime(MODEL, BLOCK, "cpu", 1, {"cpu": _decline, "mirror": MirrorRuntime})


def test_bad_block_is_no_reason_to_try_another() -> None:
    with pytest.raises(OptionsError, match="multiples of 16"):
        open_runtime(MODEL, Size(30, 30), "auto", 1, {**RUNTIMES, "mirror": MirrorRuntime})
