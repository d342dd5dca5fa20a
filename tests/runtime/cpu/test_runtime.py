import dataclasses
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from litedenoise_sdk.errors import DelegateError, OptionsError
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.model.packing import unpack
from litedenoise_sdk.model.retile import retile
from litedenoise_sdk.options import Precision
from litedenoise_sdk.runtime.cpu.runtime import LiteRtCpuRuntime
from tests.model.interpreter import infer

BLOCK = Size(48, 80)
PRECISIONS: tuple[Precision, ...] = ("fp32", "fp16", "int8")  # int16x8: test_int16x8.py


def _open(precision: Precision, block: Size = BLOCK, threads: int = 1) -> LiteRtCpuRuntime:
    return LiteRtCpuRuntime(load_released(precision), block, threads, "cpu", "asked for")


def _photo(seed: int = 0, block: Size = BLOCK) -> NDArray[np.uint8]:
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (block.height, block.width, 3), np.uint8)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_equals_the_bare_interpreter(precision: Precision) -> None:
    photo = _photo()
    content = retile(load_released(precision).content, BLOCK)
    if precision == "int8":
        output = infer(content, (photo ^ 0x80).view(np.int8))
        expected = output.view(np.uint8) ^ 0x80
    else:
        output = infer(content, photo.astype(np.float32) / 255)
        expected = np.floor(output * 255 + 0.5).astype(np.uint8)
    assert np.array_equal(_open(precision).run(photo), expected)


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_any_depth_gives_the_same_picture(precision: Precision, dtype: type[Any]) -> None:
    photo = _photo()
    runtime = _open(precision)
    reference = runtime.run(photo)
    scale = 1 / 255 if dtype == np.float32 else np.iinfo(dtype).max // 255
    result = runtime.run((photo * np.float64(scale)).astype(dtype))
    assert result.dtype == dtype
    assert result.shape == photo.shape
    # A float network rounds to the depth of the photo, so half an 8-bit step lies between them.
    assert np.abs(result / scale - reference).max() <= 0.51


def test_runs_are_independent_of_each_other() -> None:
    runtime = _open("fp32")
    first, second = _photo(1), _photo(2)
    alone = runtime.run(first)
    other = runtime.run(second)
    assert np.array_equal(runtime.run(first), alone)
    assert not np.array_equal(other, alone)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_threads_do_not_change_the_result(precision: Precision) -> None:
    block = Size(112, 144)
    photo = _photo(block=block)
    one, two = (_open(precision, block, threads).run(photo) for threads in (1, 2))
    assert np.array_equal(one, two)


def test_calls_from_several_threads_do_not_mix() -> None:
    runtime = _open("int8")
    photos = [_photo(seed) for seed in range(12)]
    expected = [runtime.run(photo) for photo in photos]
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(runtime.run, photos))
    assert all(np.array_equal(*pair) for pair in zip(results, expected, strict=True))


@pytest.mark.parametrize("precision", PRECISIONS)
def test_report_counts_what_xnnpack_takes(precision: Precision) -> None:
    runtime = _open(precision)
    model = load_released(precision)
    report = runtime.report
    assert (report.requested, report.actual, report.reason) == ("cpu", "cpu", "asked for")
    assert (report.block, report.threads, report.precision) == (BLOCK, 1, precision)
    assert report.total_operators == len(model.graph.operators)
    assert report.total_operators - report.accelerated_operators == 4  # the resizes


@pytest.mark.parametrize("precision", PRECISIONS)
def test_what_runs_outside_xnnpack(precision: Precision) -> None:
    # LiteRT lists the parts that a delegate took as operators of their own. What one part reads
    # and no part writes, an operator outside of all parts made (or it is the picture or a weight).
    graph = load_released(precision).graph
    interpreter = Interpreter(model_content=load_released(precision).content)
    interpreter.allocate_tensors()
    parts = [part for part in interpreter._get_ops_details() if part["op_name"] == "DELEGATE"]
    written = {int(tensor) for part in parts for tensor in part["outputs"]}
    read = {int(tensor) for part in parts for tensor in part["inputs"]} - written
    outside = {
        operator.name
        for operator in graph.operators
        if operator.outputs[0] in read or operator.outputs[0] == graph.output not in written
    }
    assert outside - {"DEQUANTIZE"} == {"RESIZE_NEAREST_NEIGHBOR"}
    assert len(parts) == 5


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((48, 80, 4), np.uint8),
        np.zeros((48, 80), np.uint8),
        np.zeros((80, 48, 3), np.uint8),
        np.zeros((48, 80, 3), np.float64),
        np.zeros((48, 80, 3), np.int8),
    ],
)
def test_other_shapes_and_dtypes_are_refused(wrong: NDArray[Any]) -> None:
    with pytest.raises(ValueError, match=r"expected a block of shape \(48, 80, 3\)"):
        _open("int8").run(wrong)


def test_closed_runtime_says_so() -> None:
    runtime = _open("int8")
    runtime.close()
    runtime.close()
    with pytest.raises(ValueError, match="closed"):
        runtime.run(_photo())


def test_odd_block_is_refused() -> None:
    with pytest.raises(OptionsError, match="multiples of 16"):
        _open("int8", Size(100, 100))


def test_block_beyond_any_memory_is_a_clear_error() -> None:
    with pytest.raises(DelegateError, match="cannot open the model for blocks of 16x1099511627776"):
        _open("int8", Size(16, 1 << 40))


def test_resize_that_contradicts_the_shapes_is_put_right() -> None:
    model = load_released("int8")
    content = bytearray(model.content)
    resizes = [op for op in model.graph.operators if op.name == "RESIZE_NEAREST_NEIGHBOR"]
    file = unpack(content)
    sizes = file["subgraphs"][0]["tensors"][resizes[-1].inputs[1]]["buffer"]
    file["buffers"][sizes]["data"].view(np.int32)[:] = (8, 8)
    broken = dataclasses.replace(model, content=bytes(content))
    result = LiteRtCpuRuntime(broken, BLOCK, 1, "cpu", "").run(_photo())
    assert np.array_equal(result, _open("int8").run(_photo()))


def test_missing_litert_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    with pytest.raises(DelegateError, match="install ai-edge-litert"):
        _open("int8", Size(16, 32))


def test_failing_inference_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = _open("int8")

    def fail() -> None:
        raise RuntimeError("node 3 failed")

    assert runtime._stream is not None
    monkeypatch.setattr(runtime._stream._networks[7]._network._interpreter, "invoke", fail)
    with pytest.raises(DelegateError, match="node 3 failed"):
        runtime.run(_photo())


def test_opening_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    _open("fp16")
    assert capfd.readouterr() == ("", "")
