"""The real GPU and NPU routes of LiteRT, on processors that every machine has."""

import ctypes.util
import sys
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from litedenoise_sdk.errors import DelegateError, OptionsError
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.options import Delegate, Precision
from litedenoise_sdk.runtime.accelerators import npu
from litedenoise_sdk.runtime.accelerators.compiled import check_output
from litedenoise_sdk.runtime.accelerators.external import ExternalRuntime
from litedenoise_sdk.runtime.auto.agreement import TOLERANCES, compare_residuals
from litedenoise_sdk.runtime.libraries import litert_folder
from litedenoise_sdk.runtime.openers import RUNTIMES
from litedenoise_sdk.runtime.protocol import Runtime

BLOCK = Size(64, 64)
LITERT = str(litert_folder() / "libLiteRt.so")
"""A library, but no delegate."""
Pixels = NDArray[np.float32]


def opened(delegate: Delegate, precision: Precision = "fp32", block: Size = BLOCK) -> Runtime:
    return RUNTIMES[delegate](load_released(precision), block, 2, delegate, "asked for")


@pytest.mark.usefixtures("swiftshader")
@pytest.mark.parametrize("precision", ["fp32", "fp16", "int8"])
@pytest.mark.parametrize("delegate", ["gpu", "npu"])
def test_whole_model_runs_and_agrees_with_the_cpu(
    delegate: Delegate, precision: Precision, real_block: Pixels, capfd: pytest.CaptureFixture[str]
) -> None:
    runtime = opened(delegate, precision)
    result = runtime.run(real_block)
    report = runtime.report
    runtime.close()
    assert (report.requested, report.actual) == (delegate, delegate)
    assert report.accelerated_operators == report.total_operators
    assert report.reason.startswith("asked for; on ")
    agreement = compare_residuals(real_block, opened("cpu", precision).run(real_block), result)
    assert agreement.within(TOLERANCES[precision]), agreement
    if precision == "fp32":
        assert agreement.agreement_db >= (60 if delegate == "gpu" else 45)
    assert ".cc:" not in capfd.readouterr().err


def test_quantized_agrees_with_fp32(real_block: Pixels) -> None:
    # 45 to 50 dB were seen, on processors with and without 8-bit dot products.
    reference = opened("cpu").run(real_block)
    agreement = compare_residuals(real_block, reference, opened("npu", "int8").run(real_block))
    assert agreement.agreement_db >= TOLERANCES["int8"].agreement_db, agreement


@pytest.mark.usefixtures("swiftshader")
def test_two_accelerators_in_one_process(real_block: Pixels) -> None:
    first, second = opened("gpu"), opened("npu")
    expected = opened("cpu").run(real_block)
    for runtime in (first, second, first):
        assert np.abs(runtime.run(real_block) - expected).max() < 0.01
    first.close()
    assert np.abs(second.run(real_block) - expected).max() < 0.01


def test_any_depth_and_any_thread_like_the_cpu(real_block: Pixels) -> None:
    photo = np.rint(real_block * 255).astype(np.uint8)
    difference = opened("npu").run(photo).astype(int) - opened("cpu").run(photo)
    assert np.abs(difference).max() <= 1


def test_report_names_the_device() -> None:
    assert opened("npu").report.device in ("OpenVINO's CPU device", "OpenVINO's NPU device")


def test_closed_runtime_and_wrong_blocks_are_refused(real_block: Pixels) -> None:
    runtime = opened("npu", block=Size(32, 48))
    with pytest.raises(ValueError, match=r"expected a block of shape \(32, 48, 3\)"):
        runtime.run(real_block)
    runtime.close()
    runtime.close()
    with pytest.raises(ValueError, match="closed"):
        runtime.run(real_block[:32, :48])
    with pytest.raises(OptionsError, match="multiples of 16"):
        opened("npu", block=Size(50, 50))


def test_missing_openvino_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(npu, "package_folder", lambda _: None)
    with pytest.raises(DelegateError, match=r"pip install openvino==\d"):
        opened("npu")


def test_wrong_version_of_openvino_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(library: str, *_: object) -> None:
        if "intel_openvino" in library:
            raise OSError("libopenvino.so.2631: cannot open shared object file")

    monkeypatch.setattr(ctypes, "CDLL", refuse)
    with pytest.raises(DelegateError, match=r"npu cannot load OpenVINO: libopenvino.so.2631.*pip"):
        opened("npu")


def test_litert_without_a_vendor_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(npu, "vendors", lambda: ())
    with pytest.raises(DelegateError, match="vendor's dispatch library"):
        opened("npu")


def test_missing_vulkan_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(ctypes.util, "find_library", lambda _: None)
    with pytest.raises(DelegateError, match="apt install libvulkan1"):
        opened("gpu")


@pytest.mark.parametrize(
    ("output", "fault"),
    [
        (np.full((1, 4, 4, 3), np.nan, np.float32), "NaN"),
        (np.zeros((1, 4, 4, 3), np.float32), "one colour"),
        (np.full((1, 4, 4, 3), -128, np.int8), "one colour"),
    ],
)
def test_broken_output_is_an_error(output: NDArray[Any], fault: str) -> None:
    picture = np.random.default_rng(0).random((1, 4, 4, 3), np.float32)
    with pytest.raises(DelegateError, match=f"gpu gave .*{fault}.*use the cpu delegate"):
        check_output(output, picture, "gpu")


def test_flat_picture_may_stay_flat() -> None:
    check_output(np.zeros((1, 4, 4, 3)), np.zeros((1, 4, 4, 3)), "gpu")


@pytest.mark.parametrize("delegate", ["external", "nnapi"])
def test_external_delegates_say_what_they_need(delegate: Delegate, tmp_path: Any) -> None:
    with pytest.raises(DelegateError, match="delegate_library"):
        opened(delegate)
    for library in (str(tmp_path / "nothing.so"), npu.__file__, LITERT):
        with pytest.raises(DelegateError, match=f"{delegate} cannot load the delegate .*exports"):
            ExternalRuntime(
                delegate, library, load_released("fp32"), BLOCK, 1, delegate, "asked for"
            )
