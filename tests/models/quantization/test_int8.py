"""int8: the range of each activation, and that the network comes out nearer to float by it."""

from pathlib import Path

import keras
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
from litedenoise_sdk.runtime.cpu.runtime import LiteRtCpuRuntime
from models.quantization.convert import convert
from models.quantization.equalization import match_concatenated
from models.quantization.int8 import quantize_int8
from models.quantization.int8_ranges import (
    ActivationRanges,
    activation_ranges,
    best_range,
    faintness,
)
from tests.models.quantization.networks import drawn_network

SIDE = 64
PIXELS: NDArray[np.uint8] = np.clip(
    astronaut()[:SIDE, 180 : 180 + SIDE] + np.random.default_rng(0).normal(0, 8, (SIDE, SIDE, 3)),
    0,
    255,
).astype(np.uint8)


def opened(content: bytes, path: Path) -> LoadedModel:
    path.write_bytes(content)
    facts = {"network": "LiteDenoiseNet", "licence": "MIT", "training": {}}
    describe(content, name=path.stem, **facts).save(path.with_suffix(".json"))  # type: ignore[arg-type]
    return load_model(path)


def run(model: LoadedModel) -> NDArray[np.uint8]:
    result: NDArray[np.uint8] = LiteRtCpuRuntime(model, Size(SIDE, SIDE), 2, "cpu", "").run(PIXELS)
    return result


@pytest.fixture(scope="module")
def network() -> keras.Model:
    return drawn_network(SIDE)


def widest_ranges(network: keras.Model, picture: NDArray[np.float32]) -> ActivationRanges:
    names = list(activation_ranges(network, [picture]))
    probe = keras.Model(network.input, {name: network.get_layer(name).output for name in names})
    values = {name: np.asarray(output) for name, output in probe(picture).items()}
    return {name: (min(float(values[name].min()), 0.0), float(values[name].max()))
            for name in names}  # fmt: skip


def test_chosen_ranges_bring_int8_nearer_to_float(network: keras.Model, tmp_path: Path) -> None:
    picture = np.divide(PIXELS, 255, dtype=np.float32)[None]
    expected = np.clip(np.asarray(network(picture))[0] * 255, 0, 255).round().astype(np.uint8)
    found = {}
    for name, ranges in {
        "chosen": activation_ranges(network, [picture, np.zeros_like(picture)]),
        "widest": widest_ranges(network, picture),
    }.items():
        matched = match_concatenated(network, ranges)
        model = opened(quantize_int8(convert(network), matched), tmp_path / f"{name}.tflite")
        assert model.sidecar.precision == "int8"
        found[name] = psnr(run(model), expected)
    assert found["chosen"] > max(40.0, found["widest"])


def test_the_file_has_the_ranges_that_it_is_given(network: keras.Model, tmp_path: Path) -> None:
    picture = np.divide(PIXELS, 255, dtype=np.float32)[None]
    ranges = match_concatenated(network, activation_ranges(network, [picture]))
    ranges["encoder1_squeeze"] = (0.0, 5.1)
    ranges["decoder3_squeeze"] = (0.0, 0.0)  # a dead layer
    content = convert(network)
    model = opened(quantize_int8(content, ranges), tmp_path / "trained.tflite")
    graph = schema.ModelT.InitFromPackedBuf(model.content, 0).subgraphs[0]
    steps = [
        float(graph.tensors[int(operator.outputs[0])].quantization.scale[0])
        for operator in graph.operators
    ]
    for name, (low, high) in ranges.items():
        expected = (high - low or 1.0) / 255
        assert any(step == pytest.approx(expected, rel=1e-4) for step in steps), name
    assert steps[-1] == pytest.approx(1 / 255)
    assert run(model).shape == PIXELS.shape
    with pytest.raises(ValueError, match="ranges of 37 layers, got 1"):
        quantize_int8(content, {"stem": (0.0, 1.0)})
    ranges["encoder0_relu"] = (0.0, 60.0)
    with pytest.raises(ValueError, match="one range for all of a concatenation"):
        quantize_int8(content, ranges)


def test_what_the_relu_cuts_is_left_out(network: keras.Model) -> None:
    picture = np.divide(PIXELS, 255, dtype=np.float32)[None]
    ranges, widest = activation_ranges(network, [picture]), widest_ranges(network, picture)
    for block, added in (("encoder1", "down1"), ("encoder2", "down2"), ("decoder1", "merge1")):
        low, _ = ranges[f"{block}_expand"]
        assert low >= max(-widest[added][1], widest[f"{block}_expand"][0])


def test_rare_large_values_do_not_coarsen_the_many() -> None:
    values = np.random.default_rng(0).normal(0, 0.1, (1, 400_000)).astype(np.float32)
    values[0, 0], values[0, 1] = 3.0, -2.0
    low, high = best_range(values, -2.0, 3.0, np.ones((1, 1), np.float32))
    assert -1.9 < low < -0.3
    assert 0.3 < high < 2.0


def test_pictures_with_faint_noise_count_more() -> None:
    residuals = np.random.default_rng(0).normal(0, 1, (2, 4096)).astype(np.float32)
    weights = faintness(residuals * np.array([[0.005], [0.1]], np.float32))
    assert weights[0, 0] > 20 * weights[1, 0]

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
