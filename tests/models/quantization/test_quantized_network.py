"""Training for int8: what is rounded, that gradients pass, that the weights still fit."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from models.quantization.int8_ranges import RESIDUAL_RANGE, ActivationRanges, activation_ranges
from models.quantization.quantized_network import change_range, quantized_network
from models.quantization.range_search import fitted_ranges
from models.training.trainer import relative_error
from tests.models.quantization.networks import drawn_network

SAMPLE = Path(__file__).parents[3] / "samples/noisy.jpg"
SIDE = 64


@pytest.fixture(scope="module")
def picture() -> NDArray[np.float32]:
    with Image.open(SAMPLE) as sample:
        crop = np.asarray(sample.crop((1200, 900, 1200 + SIDE, 900 + SIDE)), np.float32)
    return np.divide(crop[None], 255, dtype=np.float32)


@pytest.fixture(scope="module")
def network() -> keras.Model:
    return drawn_network()


@pytest.fixture(scope="module")
def quantized(network: keras.Model, picture: NDArray[np.float32]) -> keras.Model:
    return quantized_network(network, activation_ranges(network, [picture]))


def test_copy_has_the_same_weights_in_the_same_order(
    network: keras.Model, quantized: keras.Model
) -> None:
    copies = [weight.path for weight in quantized.weights]
    assert copies == [weight.path for weight in network.weights]
    for ours, theirs in zip(network.get_weights(), quantized.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_copy_computes_nearly_the_same_but_rounds(
    network: keras.Model, quantized: keras.Model, picture: NDArray[np.float32]
) -> None:
    difference = np.abs(np.asarray(quantized(picture)) - np.asarray(network(picture)))
    assert 0.0002 < difference.mean() < 0.01


def test_residual_takes_at_most_256_values(
    quantized: keras.Model, picture: NDArray[np.float32]
) -> None:
    noisy = picture.astype(np.float64)
    residual = np.asarray(quantized(picture)).astype(np.float64) - noisy
    assert len(np.unique(np.rint(residual * 1e5))) <= 256


def test_ranges_are_those_of_fused_operators(
    network: keras.Model, picture: NDArray[np.float32]
) -> None:
    ranges = activation_ranges(network, [picture])
    convolutions = {x.name for x in network.layers if isinstance(x, keras.layers.Conv2D)}
    assert ranges.keys() - convolutions == {
        f"{half}coder{level}_relu" for half, levels in (("en", 5), ("de", 4))
        for level in range(levels)
    }  # fmt: skip
    assert all(low <= 0 <= high for low, high in ranges.values())


def test_a_range_can_be_changed(network: keras.Model, picture: NDArray[np.float32]) -> None:
    ranges = activation_ranges(network, [picture])
    narrower = ranges | {"stem": (-0.5, 0.5)}
    changed = quantized_network(network, ranges, movable=True)
    before = changed.predict_on_batch(picture)
    change_range(changed, "stem", -0.5, 0.5)
    assert np.any(changed.predict_on_batch(picture) != before)  # compiled, and changed all the same
    expected = quantized_network(network, narrower)(picture)
    np.testing.assert_array_equal(np.asarray(changed(picture)), np.asarray(expected))


def gradients_of(network: keras.Model, picture: NDArray[np.float32]) -> list[Any]:
    import tensorflow as tf

    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(network(picture)))
    gradients: list[Any] = tape.gradient(loss, [w.value for w in network.trainable_weights])
    return gradients


def test_gradients_in_bfloat16_point_the_same_way(
    network: keras.Model, quantized: keras.Model, picture: NDArray[np.float32]
) -> None:
    ranges = activation_ranges(network, [picture])
    quick = quantized_network(network, ranges, bfloat16_gradients=True)
    np.testing.assert_allclose(
        np.asarray(quick(picture)), np.asarray(quantized(picture)), atol=0.01
    )
    pairs = zip(gradients_of(quick, picture), gradients_of(quantized, picture), strict=True)
    for ours, theirs in [(np.ravel(a), np.ravel(b)) for a, b in pairs]:
        assert ours @ theirs >= 0.95 * np.linalg.norm(ours) * np.linalg.norm(theirs)


def test_every_kernel_has_a_gradient(quantized: keras.Model, picture: NDArray[np.float32]) -> None:
    gradients = gradients_of(quantized, picture)
    reached = [g is not None and bool(np.any(np.asarray(g))) for g in gradients]
    assert sum(reached) > 0.9 * len(reached)  # a dead block has none, rounded or not


def test_ranges_that_are_too_wide_are_narrowed(
    network: keras.Model, picture: NDArray[np.float32]
) -> None:
    suitable = activation_ranges(network, [picture])
    wide = {
        name: (4 * suitable[name][0], 4 * suitable[name][1])
        for name in ("encoder1_expand", "decoder0_expand")
    } | {"head": RESIDUAL_RANGE}
    fitted = fitted_ranges(network, network, wide, [picture])
    assert fitted.keys() == wide.keys()
    for name in ("encoder1_expand", "decoder0_expand"):
        assert np.ptp(fitted[name]) < 0.8 * np.ptp(wide[name])

    def error(ranges: ActivationRanges) -> float:
        wanted = np.asarray(network(picture))
        found = np.asarray(quantized_network(network, ranges)(picture))
        return float(relative_error(found - wanted, wanted - picture))

    assert error(fitted) < error(wide)


def test_a_range_that_is_too_narrow_is_widened(
    network: keras.Model, picture: NDArray[np.float32]
) -> None:
    suitable = activation_ranges(network, [picture])
    for name in ("stem", "encoder1_expand", "decoder0_expand"):
        low, high = suitable[name]
        narrow = {name: (low / 3, high / 3), "head": RESIDUAL_RANGE}
        fitted = fitted_ranges(network, network, narrow, [picture])
        assert np.ptp(fitted[name]) > 1.3 * np.ptp(narrow[name])


def test_the_residual_keeps_the_range_that_adds_up_exactly(
    network: keras.Model, picture: NDArray[np.float32]
) -> None:
    ranges = activation_ranges(network, [picture])
    assert list(ranges)[-1] == "head"
    assert ranges["head"] == RESIDUAL_RANGE
    few = {name: ranges[name] for name in ("stem", "head")}
    assert fitted_ranges(network, network, few, [picture])["head"] == RESIDUAL_RANGE


def test_denoised_pixels_are_whole_levels(
    quantized: keras.Model, picture: NDArray[np.float32]
) -> None:
    levels = np.asarray(quantized(picture)) * 255
    np.testing.assert_allclose(levels, np.rint(levels), atol=1e-3)
