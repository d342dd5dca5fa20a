"""Lint passes our models and names what is wrong with others, converted here as users would."""

from collections.abc import Callable
from typing import Any

import flatbuffers
import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from litedenoise_sdk.errors import CorruptModel
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.model.retile import retile
from litedenoise_sdk.options import Precision
from litedenoise_sdk.tools.lint import LintReport, lint
from litedenoise_sdk.tools.lint.socs import SOCS, find_soc
from tests.model.networks import packed, small_network


def convert(body: Callable[[Any, Any], Any], batch: int | None = 1) -> bytes:
    """A one-layer network, through TensorFlow's converter."""
    import keras  # heavy, and of use to a few of these tests alone
    import tensorflow as tf

    source = keras.Input((16, 16, 4), batch_size=batch)
    network = keras.Model(source, body(source, keras.layers))
    converter = tf.lite.TFLiteConverter.from_keras_model(network)
    content: bytes = converter.convert()
    return content


def rules(report: LintReport) -> set[str]:
    return {finding.rule for finding in report.findings if finding.severity == "error"}


@pytest.mark.parametrize("precision", ["fp32", "fp16", "int8"])
def test_our_models_are_fit(precision: Precision) -> None:
    model = load_released(precision)
    report = lint(model.content)
    assert report.fit
    assert report.parameters == model.sidecar.parameters
    assert report.macs == round(model.graph.macs_per_px * model.graph.block.area)
    expected = model.graph.activation_bytes_per_px * model.graph.block.area
    assert report.activation_peak_bytes == pytest.approx(expected)


def test_upsampling_trap_is_named() -> None:
    report = lint(convert(lambda x, layers: layers.UpSampling2D()(x)))
    assert not report.fit
    assert {"rank", "operator"} <= rules(report)
    assert any("UpSampling2D" in finding.message for finding in report.findings)


def test_pixel_shuffle_as_transposes_is_named() -> None:
    def shuffle(x: Any, layers: Any) -> Any:
        x = layers.Reshape((16, 16, 2, 2))(x)
        x = layers.Permute((1, 3, 2, 4))(x)
        return layers.Reshape((32, 32, 1))(x)

    report = lint(convert(shuffle))
    assert {"transpose", "rank"} <= rules(report)
    assert any("DEPTH_TO_SPACE" in finding.message for finding in report.findings)


def test_dynamic_batch_is_named() -> None:
    report = lint(convert(lambda x, layers: layers.Conv2D(4, 3)(x), batch=None))
    assert rules(report) == {"dynamic-shape"}
    assert "fixed batch" in report.findings[0].message


def test_float_island_is_named() -> None:
    model = schema.ModelT.InitFromPackedBuf(load_released("int8").content, 0)
    graph = model.subgraphs[0]
    middle = graph.operators[len(graph.operators) // 2]
    graph.tensors[middle.outputs[0]].type = schema.TensorType.FLOAT32
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    report = lint(bytes(builder.Output()))
    assert rules(report) == {"float-island"}


def test_foreign_operator_is_named(build_network: Callable[..., bytes]) -> None:
    report = lint(build_network(operator_code=schema.BuiltinOperator.SIN))
    assert rules(report) == {"operator"}
    assert "SIN (1x)" in report.findings[0].message


def test_memory_of_the_chip_is_a_warning_for_large_blocks_only() -> None:
    content = load_released("int8").content
    small, large = lint(retile(content, Size(64, 64))), lint(retile(content, Size(1088, 1920)))
    assert not small.findings
    assert [finding.severity for finding in large.findings] == ["warning"]
    assert large.fit


def test_cost_of_one_convolution(build_network: Callable[..., bytes]) -> None:
    (layer,) = lint(build_network()).layers
    assert layer.macs == 3 * 9 * 3 * 32 * 32
    assert layer.weight_bytes == 4 * (3 * 9 * 3 + 3)
    assert layer.activation_bytes == 2 * 4 * 3 * 32 * 32
    assert layer.intensity == layer.macs / (layer.weight_bytes + layer.activation_bytes)


def test_estimates_grow_with_the_block_and_shrink_with_the_format() -> None:
    content = load_released("int8").content
    block = Size(1088, 1920)
    int8 = lint(retile(content, block)).estimates
    fp32 = lint(retile(load_released("fp32").content, block)).estimates
    assert [estimate.soc for estimate in int8] == [soc.name for soc in SOCS]
    for narrow, wide, small in zip(int8, fp32, lint(content).estimates, strict=True):
        assert small.estimated_ms < narrow.estimated_ms < wide.estimated_ms


def test_chips_are_found_in_any_case() -> None:
    assert find_soc("sm8750") is find_soc("SM8750") is not None
    assert find_soc("SM1") is None


@pytest.mark.parametrize("content", [b"", b"not a model at all", b"\x1c\0\0\0TFL3" + b"\xff" * 64])
def test_what_is_no_model_is_refused(content: bytes) -> None:
    with pytest.raises(CorruptModel, match="TensorFlow Lite"):
        lint(content)


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_truncated_file_is_refused_or_read(share: float) -> None:
    content = load_released("int8").content
    with pytest.raises(CorruptModel, match="damaged"):
        lint(content[: int(len(content) * share)])


def test_weights_are_not_counted_as_activations(build_network: Callable[..., bytes]) -> None:
    assert lint(build_network()).parameters == np.prod((3, 3, 3, 3)) + 3


def test_a_model_that_reads_what_is_not_computed_yet_is_refused() -> None:
    model = schema.ModelT.InitFromPackedBuf(small_network(), 0)
    first, *_, last = model.subgraphs[0].operators
    first.inputs = [last.outputs[0], *first.inputs[1:]]
    with pytest.raises(CorruptModel, match="before it is computed"):
        lint(packed(model))
    model.subgraphs[0].tensors[last.outputs[0]].isVariable = True
    assert lint(packed(model)).operators
