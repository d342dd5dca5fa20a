"""Equalized channels: the same function, and activations that fill their ranges."""

import keras
import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.data import astronaut

from models.networks.channels import concatenated_channels
from models.quantization.equalization import equalize_channels, match_concatenated
from models.quantization.int8_ranges import activation_ranges
from models.quantization.quantized_network import quantized_network
from tests.models.quantization.networks import drawn_network

SIDE = 96


@pytest.fixture(scope="module")
def pictures() -> list[NDArray[np.float32]]:
    rng = np.random.default_rng(0)
    noisy = []
    for top in (0, SIDE, 2 * SIDE):
        clean = astronaut()[None, top : top + SIDE, 180 : 180 + SIDE]
        pixels = np.clip(np.rint(clean + rng.normal(0, 6, clean.shape)), 0, 255)
        noisy.append(pixels.astype(np.float32) / 255)
    return noisy


@pytest.fixture(scope="module")
def equalized(pictures: list[NDArray[np.float32]]) -> keras.Model:
    network = drawn_network(uneven=True)
    equalize_channels(network, pictures)
    return network


def test_function_stays_the_same(
    equalized: keras.Model, pictures: list[NDArray[np.float32]]
) -> None:
    before, after = (np.asarray(network(pictures[0])) for network in (drawn_network(), equalized))
    np.testing.assert_allclose(after, before, atol=2e-5)


@pytest.mark.parametrize("layer", ["stem", "encoder0_squeeze", "decoder2_squeeze"])
def test_channels_that_are_not_dead_reach_alike_far(
    equalized: keras.Model, pictures: list[NDArray[np.float32]], layer: str
) -> None:
    networks = (drawn_network(uneven=True), equalized)
    probes = (keras.Model(n.input, n.get_layer(layer).output) for n in networks)
    spreads = []
    for probe in probes:
        reach = np.max([np.abs(np.asarray(probe(p))).max((0, 1, 2)) for p in pictures], axis=0)
        living = reach[reach > 0.05]
        spreads.append(np.log(living).std())
    assert spreads[1] < 0.75 * spreads[0]


def test_rounding_costs_less(pictures: list[NDArray[np.float32]]) -> None:
    uneven, evened = drawn_network(uneven=True), drawn_network(uneven=True)
    equalize_channels(evened, pictures[:1])

    def cost(network: keras.Model) -> float:
        rounded = quantized_network(network, activation_ranges(network, pictures[:1]))
        errors = np.asarray(rounded(pictures[0])) - np.asarray(network(pictures[0]))
        return float(np.mean(np.square(errors)))

    assert cost(evened) < 0.8 * cost(uneven)


def test_what_is_concatenated_gets_one_range_and_the_function_stays(
    pictures: list[NDArray[np.float32]],
) -> None:
    network = drawn_network()
    ranges = activation_ranges(network, pictures)
    matched = match_concatenated(network, ranges)
    before, after = (np.asarray(one(pictures[0])) for one in (drawn_network(), network))
    np.testing.assert_allclose(after, before, atol=2e-5)
    for upsampled, skip in concatenated_channels():
        assert matched[upsampled.seen_at[-1]] == matched[skip.seen_at[-1]]
        assert matched[skip.seen_at[0]] == ranges[skip.seen_at[0]]
    # Each range holds what it held: rounding with them is what it was, but for the kernels'.
    exact = np.asarray(network(pictures[0]))
    new = np.asarray(quantized_network(network, matched)(pictures[0])) - exact
    old = np.asarray(quantized_network(drawn_network(), ranges)(pictures[0])) - exact
    assert new.std() < 1.2 * old.std()


def test_each_level_but_the_deepest_is_concatenated_once() -> None:
    pairs = [(ours.seen_at[-1], skip.seen_at[-1]) for ours, skip in concatenated_channels()]
    assert sorted(pairs) == [
        ("decoder1_relu", "encoder0_relu"),
        ("decoder2_relu", "encoder1_relu"),
        ("decoder3_relu", "encoder2_relu"),
        ("encoder4_relu", "encoder3_relu"),
    ]


def test_what_is_zero_everywhere_is_left_alone() -> None:
    network = drawn_network()
    before = network.get_weights()
    ranges = {layer.name: (0.0, 0.0) for layer in network.layers}
    assert match_concatenated(network, ranges) == ranges
    for ours, theirs in zip(before, network.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
