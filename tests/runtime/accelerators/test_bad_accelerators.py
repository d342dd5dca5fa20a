"""Accelerators that run and give nonsense, take a part, or run beside each other."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from litedenoise_sdk import Denoiser
from litedenoise_sdk.errors import DelegateError
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.options import Delegate, Precision
from litedenoise_sdk.runtime.accelerators import compiled
from litedenoise_sdk.runtime.auto.trial_child import measure
from litedenoise_sdk.runtime.openers import RUNTIMES
from litedenoise_sdk.runtime.protocol import Runtime
from litedenoise_sdk.runtime.select import open_runtime

BLOCK = Size(32, 48)


def opened(delegate: Delegate, precision: Precision = "fp32") -> Runtime:
    return RUNTIMES[delegate](load_released(precision), BLOCK, 1, delegate, "asked for")


@pytest.mark.parametrize("value", [np.nan, 0.0])
def test_delegate_that_gives_nonsense_is_neither_used_nor_chosen(
    value: float, real_block: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch
) -> None:
    def nonsense(_: Any, picture: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
        return np.full(picture.shape, value, dtype)

    monkeypatch.setattr(compiled._Opened, "run", nonsense)
    with pytest.raises(DelegateError, match=r"npu gave .* its driver is broken, use the cpu"):
        opened("npu").run(real_block[:32, :48])
    with pytest.raises(DelegateError, match="npu gave"):  # which "auto" records as a refusal
        measure(load_released("fp32"), "npu", BLOCK, 1)


def test_delegate_that_takes_a_part_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from ai_edge_litert.compiled_model import CompiledModel

    monkeypatch.setattr(CompiledModel, "is_fully_accelerated", lambda _: False)
    with pytest.raises(DelegateError, match="only part of the model; `litedenoise lint` names"):
        opened("npu")
    report = open_runtime(load_released("fp32"), BLOCK, "npu", 1, RUNTIMES, policy="allow").report
    assert (report.requested, report.actual) == ("npu", "cpu")
    assert "npu declined: npu takes only part" in report.reason


@pytest.mark.parametrize("delegate", ["gpu", "npu"])
def test_numbers_that_accelerators_are_not_given(delegate: Delegate) -> None:
    with pytest.raises(DelegateError, match=f"{delegate} cannot run int16x8.*take int8 or fp16"):
        opened(delegate, "int16x8")


@pytest.mark.usefixtures("swiftshader")
def test_denoisers_with_different_accelerators_in_one_process(
    real_block: NDArray[np.float32],
) -> None:
    photo = np.rint(real_block * 255).astype(np.uint8)
    delegates: tuple[Delegate, ...] = ("cpu", "npu", "gpu")
    denoisers = [Denoiser(delegate=one, threads=1) for one in delegates]
    with ThreadPoolExecutor(len(denoisers)) as threads:
        results = list(threads.map(lambda denoiser: denoiser.denoise(photo), denoisers))
    for delegate, denoiser, result in zip(delegates, denoisers, results, strict=True):
        assert denoiser.report is not None
        assert denoiser.report.actual == delegate
        assert np.abs(result.astype(int) - results[0]).max() <= 1
        denoiser.close()
