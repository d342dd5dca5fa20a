"""Equalized channels: the same function, and activations that fill their ranges."""

from pathlib import Path

import keras
import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.data import astronaut

from models.channels import channel_groups
from models.equalization import equalize_channels, rescale_channels
from models.network import build_litedenoisenet
from models.training.quantized import activation_ranges, quantized_network
from models.weights import load_released_weights

RELEASED = Path(__file__).parents[2] / "models/released/litedenoisenet-fp32.tflite"
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


def released() -> keras.Model:
    network = build_litedenoisenet(clamp=False)
    load_released_weights(network, RELEASED)
    return network


@pytest.fixture(scope="module")
def equalized(pictures: list[NDArray[np.float32]]) -> keras.Model:
    network = released()
    equalize_channels(network, pictures)
    return network


def test_function_stays_the_same(
    equalized: keras.Model, pictures: list[NDArray[np.float32]]
) -> None:
    before, after = (np.asarray(network(pictures[0])) for network in (released(), equalized))
    np.testing.assert_allclose(after, before, atol=2e-5)


@pytest.mark.parametrize("layer", ["stem", "encoder0_squeeze", "decoder2_squeeze"])
def test_channels_that_are_not_dead_reach_alike_far(
    equalized: keras.Model, pictures: list[NDArray[np.float32]], layer: str
) -> None:
    probes = (keras.Model(n.input, n.get_layer(layer).output) for n in (released(), equalized))
    spreads = []
    for probe in probes:
        reach = np.max([np.abs(np.asarray(probe(p))).max((0, 1, 2)) for p in pictures], axis=0)
        living = reach[reach > 0.05]
        spreads.append(np.log(living).std())
    assert spreads[1] < 0.75 * spreads[0]


def test_rounding_costs_less(pictures: list[NDArray[np.float32]]) -> None:
    # The released weights' channels reach alike far already, more or less.
    rng = np.random.default_rng(0)
    uneven, evened = released(), released()
    for group in channel_groups():
        made, _ = uneven.get_layer(group.made_by[0]).get_weights()
        factors = np.exp(rng.normal(size=made.shape[-1]))
        rescale_channels(uneven, group, factors)
    evened.set_weights(uneven.get_weights())
    equalize_channels(evened, pictures)

    def cost(network: keras.Model) -> float:
        rounded = quantized_network(network, activation_ranges(network, pictures))
        errors = [np.asarray(rounded(p)) - np.asarray(network(p)) for p in pictures]
        return float(np.mean(np.square(errors)))

    assert cost(evened) < 0.8 * cost(uneven)
