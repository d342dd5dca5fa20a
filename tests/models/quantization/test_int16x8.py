"""int16 activations with int8 weights, converted here."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray
from PIL import Image

from litedenoise_sdk import Denoiser
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.describe import describe
from litedenoise_sdk.model.load import LoadedModel, load_model, load_released
from litedenoise_sdk.model.retile import retile
from litedenoise_sdk.quality import psnr
from litedenoise_sdk.runtime.cpu.runtime import LiteRtCpuRuntime
from models.quantization.convert import convert, convert_int16x8, give_dead_layers_a_range
from models.quantization.equalization import equalize_channels
from tests.models.quantization.networks import drawn_network

SAMPLE = Path(__file__).parents[3] / "samples/noisy.jpg"
SIDE = 64


def noisy_photo(height: int, width: int) -> NDArray[np.uint8]:
    """Of the sample, with a camera's noise."""
    with Image.open(SAMPLE) as sample:
        return np.asarray(sample.crop((1200, 900, 1200 + width, 900 + height)))


def saved(content: bytes, path: Path) -> Path:
    path.write_bytes(content)
    describe(
        content, name="network", network="LiteDenoiseNet", licence="MIT",
        training={},
    ).save(path.with_suffix(".json"))  # fmt: skip
    return path


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    network = drawn_network(SIDE)
    photo = np.divide(noisy_photo(2 * SIDE, 2 * SIDE), 255, dtype=np.float32)
    blocks = [
        photo[None, top : top + SIDE, left : left + SIDE] for top in (0, SIDE) for left in (0, SIDE)
    ]
    blocks += [np.zeros_like(blocks[0]), np.ones_like(blocks[0])]
    give_dead_layers_a_range(network, blocks)
    equalize_channels(network, blocks)
    folder = tmp_path_factory.mktemp("int16x8")
    return saved(convert_int16x8(network, blocks), folder / "network.tflite")


@pytest.fixture(scope="module")
def float_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    network = drawn_network(SIDE, clamp=True)
    return saved(convert(network), tmp_path_factory.mktemp("fp32") / "network.tflite")


@pytest.fixture(scope="module")
def model(path: Path) -> LoadedModel:
    return load_model(path)


@pytest.fixture(scope="module")
def float_model(float_path: Path) -> LoadedModel:
    return load_model(float_path)


def run(model: LoadedModel, picture: NDArray[Any]) -> NDArray[Any]:
    block = Size(*picture.shape[:2])
    runtime = LiteRtCpuRuntime(model, block, 2, "cpu", "asked for")
    assert (runtime.report.accelerated_operators == 0) == (runtime.report.precision == "int16x8")
    return runtime.run(picture)


def test_it_is_the_network_without_a_stray_operator(model: LoadedModel) -> None:
    assert model.sidecar.precision == "int16x8"
    assert (model.sidecar.input_dtype, model.sidecar.output_dtype) == ("int16", "int16")
    counts = Counter(load_released("fp32").graph.operator_counts)
    del counts["MINIMUM"]  # 16 bits saturate at 1
    assert model.graph.operator_counts == counts
    assert model.graph.parameters == 1_963_411
    types = {tensor.type for tensor in model.graph.tensors}
    assert types == {"INT16", "INT8", "INT64", "INT32"}


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_it_agrees_with_float(
    model: LoadedModel, float_model: LoadedModel, dtype: type[Any]
) -> None:
    photo: NDArray[Any] = noisy_photo(96, 80)
    if dtype == np.uint16:
        photo = photo.astype(np.uint16) * 257
    elif dtype == np.float32:
        photo = photo.astype(np.float32) / 255
    found, expected = run(model, photo), run(float_model, photo)
    assert found.dtype == dtype
    assert psnr(expected, found) > 50
    # Of what the network changed, too, and not only of the picture.
    change, wanted = (side.astype(float) - photo for side in (found, expected))
    assert np.corrcoef(change.ravel(), wanted.ravel())[0, 1] > 0.98


@pytest.mark.parametrize("level", [0, 255])
def test_black_and_white_are_clamped(
    model: LoadedModel, float_model: LoadedModel, level: int
) -> None:
    photo = np.full((32, 32, 3), level, np.uint8)
    found, expected = run(model, photo), run(float_model, photo)
    assert np.abs(found.astype(int) - expected).max() <= 8  # of 255; what wraps is 255 off


def test_no_range_is_wider_than_what_the_relu_leaves(model: LoadedModel) -> None:
    """a in relu(a + b) with b in [-B, B] and a result up to R: at most R + B."""
    graph = schema.ModelT.InitFromPackedBuf(model.content, 0).subgraphs[0]
    reads = Counter(int(tensor) for operator in graph.operators for tensor in operator.inputs)
    *inner, _ = (x for x in graph.operators
                 if x.builtinOptionsType == schema.BuiltinOptions.AddOptions)  # fmt: skip
    assert len(inner) == 9
    for addition in inner:
        first, second, result = (
            float(graph.tensors[int(tensor)].quantization.scale[0])
            for tensor in (*addition.inputs, addition.outputs[0])
        )
        alone = [reads[int(tensor)] == 1 for tensor in addition.inputs]
        assert any(alone)
        if alone[0]:
            assert first <= 1.0001 * (second + result)
        if alone[1]:
            assert second <= 1.0001 * (first + result)


def test_retiled_there_and_back(model: LoadedModel) -> None:
    there = retile(model.content, Size(16, 96))
    assert retile(there, Size(SIDE, SIDE)) == model.content


def test_a_whole_photo(path: Path, float_path: Path) -> None:
    photo = noisy_photo(70, 90)
    with Denoiser(model=path) as denoiser, Denoiser(model=float_path) as reference:
        assert psnr(reference.denoise(photo), denoiser.denoise(photo)) > 50


def test_a_whole_photo_with_the_released_file() -> None:
    photo = noisy_photo(70, 90)
    with Denoiser("int16x8") as denoiser, Denoiser("fp32") as reference:
        # 52 dB or more were found, by the weights; a wrong scale would be below 30.
        assert psnr(reference.denoise(photo), denoiser.denoise(photo)) > 40
