"""ONNX out and in: our own network, and a different one as PyTorch would export it."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from litedenoise_sdk import Denoiser
from litedenoise_sdk.errors import CorruptModel
from litedenoise_sdk.model.flatbuffer import read_graph
from litedenoise_sdk.model.load import load_model, load_released
from models import import_onnx
from models.onnx_files.from_tflite import to_onnx
from models.onnx_files.prepare import prepare
from models.onnx_files.same_outputs import check_same_outputs
from models.onnx_files.to_tflite import to_tflite


def pytorch_like(last: str = "Clip", **stem: Any) -> onnx.ModelProto:
    """A U-Net of one level with open sizes: 5x5 and 1x1 kernels, symmetric padding at stride 2,
    batch normalization, constants from nodes, and the noise subtracted."""
    rng = np.random.default_rng(0)
    constants: list[onnx.TensorProto] = []
    nodes: list[onnx.NodeProto] = []

    def constant(name: str, values: Any) -> str:
        constants.append(numpy_helper.from_array(np.asarray(values, np.float32), name))
        return name

    def convolution(source: str, name: str, size: int, taken: int, given: int, **kind: Any) -> str:
        kernel = rng.normal(0, 0.5 / size, (given, taken, size, size))
        weights = [
            constant(f"{name}.weight", kernel),
            constant(f"{name}.bias", np.full(given, 0.1)),
        ]
        pads = [size // 2] * 4
        nodes.append(helper.make_node("Conv", [source, *weights], [name], **{"pads": pads, **kind}))
        return name

    def node(kind: str, inputs: list[str], name: str, **attributes: Any) -> str:
        nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    skip = node("Relu", [convolution("photo", "stem", 3, 3, 8, **stem)], "skip")
    down = convolution(skip, "down", 3, 8, 12, strides=[2, 2])
    moments = [constant(f"norm.{name}", rng.uniform(0.5, 1.5, 12)) for name in ("s", "b", "m", "v")]
    deep = node("Relu", [node("BatchNormalization", [down, *moments], "norm")], "deep")
    nodes.append(
        helper.make_node(
            "Constant",
            [],
            ["scales"],
            value=numpy_helper.from_array(np.array([1, 1, 2, 2], np.float32)),
        )
    )
    resize = {"mode": "nearest", "nearest_mode": "floor"}
    resize["coordinate_transformation_mode"] = "asymmetric"
    wide = node("Resize", [deep, "", "scales"], "wide", **resize)
    both = node("Concat", [wide, skip], "both", axis=1)
    merged = node("Relu", [convolution(both, "merge", 5, 20, 8)], "merged")
    noise = convolution(merged, "noise", 1, 8, 3)
    clean = node("Sub", ["photo", noise], "clean")
    node(
        last, [clean, constant("low", 0), constant("high", 1)][: 3 if last == "Clip" else 1], "out"
    )
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 3, "h", "w"])
        for name in ("photo", "out")
    ]
    graph = helper.make_graph(nodes, "other", ends[:1], ends[1:], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


@pytest.mark.slow
def test_ours_goes_out_and_comes_back(tmp_path: Path) -> None:
    original = load_released("fp32")
    exported = to_onnx(original.content)
    content = exported.SerializeToString()
    assert check_same_outputs(content, original.content) < 1e-5
    assert Counter(node.op_type for node in exported.graph.node)["Transpose"] == 0

    again = to_tflite(exported)
    assert check_same_outputs(content, again) < 1e-5
    graph = read_graph(again)
    assert graph.operator_counts == original.graph.operator_counts
    assert (graph.parameters, graph.macs_per_px) == (1_963_411, 53_856)


def test_another_network_runs_in_the_sdk(tmp_path: Path) -> None:
    file = tmp_path / "other.onnx"
    onnx.save(pytorch_like(), file)
    import_onnx.main([str(file), "--output", str(tmp_path / "out"), "--licence", "MIT"])
    model = load_model(tmp_path / "out/other.tflite")
    assert model.sidecar.stride_px == 2
    assert model.sidecar.licence == "MIT"
    assert model.graph.operator_counts == {
        "ADD": 1, "CONCATENATION": 1, "CONV_2D": 4, "MINIMUM": 1, "RESIZE_NEAREST_NEIGHBOR": 1
    }  # fmt: skip

    photo = np.random.default_rng(1).random((64, 96, 3), np.float32)
    with Denoiser(model=tmp_path / "out/other.tflite") as denoiser:
        denoised = denoiser.denoise(photo)
    session = onnxruntime.InferenceSession(str(file))
    (expected,) = session.run(None, {"photo": photo.transpose(2, 0, 1)[None]})
    inside = slice(16, -16)  # beyond the reach of the borders, which the SDK mirrors
    expected = expected[0].transpose(1, 2, 0)
    np.testing.assert_allclose(denoised[inside, inside], expected[inside, inside], atol=1e-5)
    assert np.abs(denoised - photo).max() > 0.05


@pytest.mark.slow
def test_a_network_of_other_operators_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorruptModel, match="LOGISTIC"):
        to_tflite(pytorch_like(last="Sigmoid"))


def test_padding_that_tensorflow_does_not_have(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="padding that keeps the size"):
        prepare(pytorch_like(pads=[0, 0, 0, 0]))
    two = pytorch_like()
    two.graph.input.append(two.graph.input[0])
    with pytest.raises(ValueError, match="2 inputs"):
        prepare(two)


def test_only_fp32_goes_out(tmp_path: Path) -> None:
    for precision in ("fp16", "int8"):
        with pytest.raises(ValueError, match="take the fp32 file"):
            to_onnx(load_released(precision).content)


def test_a_difference_is_an_error() -> None:
    exported = to_onnx(load_released("fp32").content)
    head = exported.graph.initializer[-2]
    values = numpy_helper.to_array(head) + np.float32(0.01)
    head.CopyFrom(numpy_helper.from_array(values, head.name))
    with pytest.raises(ValueError, match="differ by"):
        check_same_outputs(exported.SerializeToString(), load_released("fp32").content)
