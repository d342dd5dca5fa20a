"""What the shipped model files hold, read from the flatbuffers themselves."""

from collections import Counter
from importlib import resources
from typing import get_args

import numpy as np
import pytest
from skimage.data import astronaut

from litedenoise_sdk import Denoiser
from litedenoise_sdk.model.load import LoadedModel, load_released
from litedenoise_sdk.options import Precision

NETWORK = {
    "ADD": 10,
    "CONCATENATION": 4,
    "CONV_2D": 28,
    "MINIMUM": 1,
    "RESIZE_NEAREST_NEIGHBOR": 4,
}


FOLDER = resources.files("litedenoise_sdk") / "released"
RELEASED = [
    precision
    for precision in get_args(Precision)
    if (FOLDER / f"litedenoisenet-{precision}.tflite").is_file()
]


@pytest.fixture(scope="module", params=RELEASED)
def model(request: pytest.FixtureRequest) -> LoadedModel:
    return load_released(request.param)


def test_operators_are_those_of_the_network(model: LoadedModel) -> None:
    counts = Counter(model.graph.operator_counts)
    unpacked_weights = counts.pop("DEQUANTIZE", 0)
    if model.sidecar.precision in ("int8", "int16x8"):
        counts["MINIMUM"] += 1  # integers saturate where the others clamp
    assert counts == NETWORK
    assert (unpacked_weights > 0) == (model.sidecar.precision == "fp16")


@pytest.mark.parametrize("precision", RELEASED)
@pytest.mark.parametrize("grey", [True, False], ids=["black and white", "colour"])
def test_noise_that_is_equal_in_all_colours_goes(precision: Precision, grey: bool) -> None:
    photo = astronaut()[:128, 160:288].astype(np.float64)
    clean = photo.mean(axis=2, keepdims=True).repeat(3, axis=2) if grey else photo
    noise = np.random.default_rng(0).normal(0, 20, clean.shape[:2])[..., None]
    noisy = (clean + noise).clip(0, 255).round().astype(np.uint8)
    with Denoiser(precision, "cpu") as denoiser:
        denoised = denoiser.denoise(noisy)
    # The weights before, which had seen only noise that differs, left 9 tenths of it.
    assert np.std(denoised - clean) < 0.6 * np.std(noisy - clean)


def test_at_most_48_operators() -> None:
    assert load_released("fp32").graph.operator_counts.total() <= 48


def test_only_weights_are_unpacked() -> None:
    graph = load_released("fp16").graph
    unpacking = [operator for operator in graph.operators if operator.name == "DEQUANTIZE"]
    assert all(graph.tensors[operator.inputs[0]].constant for operator in unpacking)
    assert all(graph.tensors[operator.inputs[0]].type == "FLOAT16" for operator in unpacking)


def test_size_and_cost_are_the_papers(model: LoadedModel) -> None:
    assert model.graph.parameters == 1_963_411
    assert model.graph.macs_per_px == 53_856


def test_live_activations(model: LoadedModel) -> None:
    # At full resolution: the upsampled 32 channels, the 16 of the skip, the 48 of both together,
    # and the 3 of the noisy picture, which the last addition needs.
    item_bytes = {"int8": 1, "int16x8": 2}.get(model.sidecar.precision, 4)
    assert model.graph.activation_bytes_per_px == 99 * item_bytes


def test_ends(model: LoadedModel) -> None:
    source, result = (model.graph.tensors[end] for end in (model.graph.input, model.graph.output))
    assert source.shape == result.shape == (1, *_block(model), 3)
    if model.sidecar.precision == "int8":
        for end in (source, result):
            assert (end.type, end.zero_point) == ("INT8", -128)
            assert end.scale == pytest.approx(1 / 255)
    elif model.sidecar.precision == "int16x8":
        for end in (source, result):
            assert (end.type, end.zero_point) == ("INT16", 0)
            assert end.scale == pytest.approx(1 / 32767)
    else:
        assert source.type == result.type == "FLOAT32"


def _block(model: LoadedModel) -> tuple[int, int]:
    return model.graph.block.height, model.graph.block.width


def test_sidecar_has_name_and_precision(model: LoadedModel) -> None:
    assert model.sidecar.name == f"litedenoisenet-{model.sidecar.precision}"
    assert model.sidecar.network == "LiteDenoiseNet"
    assert model.sidecar.halo_px == 144


def test_repr_leaves_the_weights_out(model: LoadedModel) -> None:
    assert len(repr(model)) < 5_000
