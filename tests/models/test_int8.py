"""int8: the range of each activation, and that the network comes out nearer to float by it."""

from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from skimage.data import astronaut

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.describe import describe
from litedenoise_sdk.model.load import LoadedModel, load_model
from litedenoise_sdk.quality import psnr
from litedenoise_sdk.runtime.litert_cpu import LiteRtCpuRuntime
from models import int8
from models.export import convert_int8, give_dead_layers_a_range
from models.int8_ranges import best_range, faintness, narrow_before_relu
from models.network import build_litedenoisenet
from models.training.quantized import activation_ranges
from models.weights import load_released_weights

RELEASED = Path(__file__).parents[2] / "models/released"
SIDE = 64
PIXELS: NDArray[np.uint8] = np.clip(
    astronaut()[:SIDE, 180 : 180 + SIDE] + np.random.default_rng(0).normal(0, 8, (SIDE, SIDE, 3)),
    0,
    255,
).astype(np.uint8)


def opened(content: bytes, path: Path) -> LoadedModel:
    path.write_bytes(content)
    facts = {"network": "LiteDenoiseNet", "halo_command": "", "licence": "MIT", "training": {}}
    describe(content, name=path.stem, **facts).save(path.with_suffix(".json"))  # type: ignore[arg-type]
    return load_model(path)


def run(model: LoadedModel) -> NDArray[np.uint8]:
    result: NDArray[np.uint8] = LiteRtCpuRuntime(model, Size(SIDE, SIDE), 2, "cpu", "").run(PIXELS)
    return result


def test_chosen_ranges_bring_int8_nearer_to_float(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = build_litedenoisenet()
    load_released_weights(weights, RELEASED / "litedenoisenet-fp32.tflite")
    network = build_litedenoisenet(SIDE, SIDE, batch_size=1, clamp=False)
    network.set_weights(weights.get_weights())
    picture = np.divide(PIXELS, 255, dtype=np.float32)[None]
    calibration = [picture, np.zeros_like(picture), np.ones_like(picture)]
    give_dead_layers_a_range(network, calibration)
    expected = np.clip(np.asarray(network(picture))[0] * 255, 0, 255).round().astype(np.uint8)

    chosen = opened(convert_int8(network, calibration), tmp_path / "chosen.tflite")
    monkeypatch.setattr(int8, "narrow_before_relu", lambda *_: None)
    monkeypatch.setattr(int8, "saturate_rare_values", lambda *_: None)
    widest = opened(convert_int8(network, calibration), tmp_path / "widest.tflite")
    assert chosen.sidecar.precision == "int8"
    assert psnr(run(chosen), expected) > max(40.0, psnr(run(widest), expected))


def test_ranges_of_the_training_are_kept(tmp_path: Path) -> None:
    weights = build_litedenoisenet()
    load_released_weights(weights, RELEASED / "litedenoisenet-fp32.tflite")
    network = build_litedenoisenet(SIDE, SIDE, batch_size=1, clamp=False)
    network.set_weights(weights.get_weights())
    picture = np.divide(PIXELS, 255, dtype=np.float32)[None]
    ranges = activation_ranges(network, [picture])
    ranges["encoder1_squeeze"] = (0.0, 5.1)
    ranges["decoder3_squeeze"] = (0.0, 0.0)  # a dead layer
    model = opened(convert_int8(network, [picture], ranges), tmp_path / "trained.tflite")
    graph = schema.ModelT.InitFromPackedBuf(model.content, 0).subgraphs[0]
    steps = [
        float(graph.tensors[int(operator.outputs[0])].quantization.scale[0])
        for operator in graph.operators
    ]
    assert any(step == pytest.approx(5.1 / 255) for step in steps)
    assert any(step == pytest.approx(1 / 255) for step in steps[:-1])
    assert run(model).shape == PIXELS.shape
    with pytest.raises(ValueError, match="ranges of 37 layers, got 1"):
        convert_int8(network, [picture], {"stem": (0.0, 1.0)})


def test_only_what_the_relu_cuts_is_left_out() -> None:
    """relu(a + b) with a in [-9, 2] and b in [-1, 3]: a needs [-3, 2], b needs [-1, 3]."""
    model = schema.ModelT()
    code = schema.OperatorCodeT()
    code.builtinCode = schema.BuiltinOperator.ADD
    model.operatorCodes = [code]
    graph = schema.SubGraphT()
    graph.tensors = []
    for low, high in ((-9.0, 2.0), (-1.0, 3.0), (0.0, 5.0)):
        tensor = schema.TensorT()
        tensor.shape, tensor.quantization = [1, 4], schema.QuantizationParametersT()
        tensor.quantization.min, tensor.quantization.max = [low], [high]
        graph.tensors.append(tensor)
    add = schema.OperatorT()
    add.opcodeIndex, add.inputs, add.outputs = 0, [0, 1], [2]
    add.builtinOptionsType = schema.BuiltinOptions.AddOptions
    add.builtinOptions = schema.AddOptionsT()
    add.builtinOptions.fusedActivationFunction = schema.ActivationFunctionType.RELU
    graph.operators, graph.inputs, graph.outputs = [add], [0, 1], [2]
    model.subgraphs = [graph]

    narrow_before_relu(model)
    ranges = [(t.quantization.min[0], t.quantization.max[0]) for t in graph.tensors]
    assert ranges == [(-3.0, 2.0), (-1.0, 3.0), (0.0, 5.0)]


def test_rare_large_values_do_not_coarsen_the_many() -> None:
    values = np.random.default_rng(0).normal(0, 0.1, (1, 400_000)).astype(np.float32)
    values[0, 0], values[0, 1] = 3.0, -2.0
    low, high = best_range(values, -2.0, 3.0, np.ones((1, 1), np.float32))
    assert -1.9 < low < -0.3
    assert 0.3 < high < 2.0


def test_pictures_with_faint_noise_count_more() -> None:
    residuals = np.random.default_rng(0).normal(0, 1, (2, 4096)).astype(np.float32)
    weights = faintness(residuals * np.array([[0.005], [0.1]], np.float32))
    assert weights[0, 0] > 50 * weights[1, 0]

    small, large = np.array([[0.1], [1.0]], np.float32) * residuals
    values = np.stack([small, large])
    low, high = float(values.min()), float(values.max())
    faint, heavy = (best_range(values, low, high, weights[order]) for order in ([0, 1], [1, 0]))
    assert faint[1] - faint[0] < heavy[1] - heavy[0]


@given(st.floats(-8, -0.01), st.floats(0.01, 8), st.integers(0, 2**31))
def test_a_chosen_range_lies_in_the_measured_one_and_holds_zero(
    low: float, high: float, seed: int
) -> None:
    values = np.random.default_rng(seed).uniform(low, high, (2, 32)).astype(np.float32)
    chosen_low, chosen_high = best_range(values, low, high, np.ones((2, 1), np.float32))
    assert low <= chosen_low <= 0 <= chosen_high <= high
