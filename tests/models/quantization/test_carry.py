"""What int8 training learned is carried over to weights that were trained further."""

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from models.networks.channels import channel_groups
from models.networks.student import build_litedenoisenet
from models.networks.weights import load_int8_weights
from models.quantization.carry import carry_rounding
from models.quantization.equalization import rescale_channels
from models.quantization.int8 import ranges_of
from models.quantization.int8_ranges import ranged_layers

INT8 = Path(__file__).parents[3] / "models/released/litedenoisenet-int8.tflite"
PICTURE = np.random.default_rng(0).random((1, 64, 64, 3), np.float32)
rng = np.random.default_rng(1)


def changed(
    network: keras.Model, change: Callable[[NDArray[np.float32]], NDArray[np.float32]]
) -> keras.Model:
    other = keras.models.clone_model(network)
    other.set_weights([change(weights) for weights in network.get_weights()])
    return other


@pytest.fixture(scope="module")
def before() -> keras.Model:
    keras.utils.set_random_seed(0)
    return changed(build_litedenoisenet(clamp=False), nudge)


def nudge(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return values + 1e-2 * rng.standard_normal(values.shape).astype(np.float32)


def test_scales_alone_change_no_result(before: keras.Model) -> None:
    rescaled, further = changed(before, np.copy), changed(before, nudge)
    for group in channel_groups():
        width = before.get_layer(group.seen_at[-1]).output.shape[-1]
        rescale_channels(rescaled, group, rng.uniform(0.2, 5, width).astype(np.float32))
    expected = np.asarray(further(PICTURE))
    carry_rounding(further, changed(before, np.copy), rescaled)
    np.testing.assert_allclose(np.asarray(further(PICTURE)), expected, atol=1e-4)
    squeezed = [one.get_layer("encoder1_squeeze").get_weights()[0] for one in (further, rescaled)]
    assert np.corrcoef(*(kernel.ravel() for kernel in squeezed))[0, 1] > 0.99


def test_moves_are_carried_over(before: keras.Model) -> None:
    moved = changed(before, nudge)
    network = changed(before, np.copy)
    carry_rounding(network, changed(before, np.copy), moved)
    np.testing.assert_allclose(np.asarray(network(PICTURE)), np.asarray(moved(PICTURE)), atol=1e-4)


def test_ranges_of_a_file_are_those_it_was_given() -> None:
    network = build_litedenoisenet(clamp=False)
    load_int8_weights(network, INT8)
    names = ranged_layers(network)
    ranges = ranges_of(INT8.read_bytes(), names)
    assert list(ranges) == names
    for name in names[:-1]:
        low, high = ranges[name]
        assert low <= 0 <= high, name
        assert not name.endswith("_relu") or low == 0.0, name


def test_other_formats_are_refused() -> None:
    with pytest.raises(ValueError, match="take the int8 file"):
        load_int8_weights(build_litedenoisenet(), INT8.with_name("litedenoisenet-fp32.tflite"))
