"""The range of each activation that int8 spends its 256 codes on."""

from collections.abc import Sequence

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from models.training.trainer import FAINT_NOISE_STD, NOISE_POWER

ActivationRanges = dict[str, tuple[float, float]]
"""Lowest and highest value behind each layer whose output int8 keeps, by the layer's name, in the
order in which they run."""

RESIDUAL_RANGE = (-104 / 255, 151 / 255)
"""One code is one level of an 8-bit picture: what is added to it comes out exact. With half of
that, every other sum lies between two levels, and all of those are rounded up.

Above 0 there is more of it: bright places of a phone's picture at ISO 10000 have dark specks of up
to 200 levels, and white keeps the others out. -128 to 127 cost 0.4 dB there."""

SAMPLES_PER_PICTURE = 16_384
_SHARES = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.15, 0.1)


def activation_ranges(
    network: keras.Model, pictures: Sequence[NDArray[np.float32]]
) -> ActivationRanges:
    """Ranges with the least squared error of rounding what lies within and cutting off the rest.

    The largest of millions of activations are several times as large as nearly all others: with
    them in range, the many are rounded coarsely. Pictures with little noise count more, see
    ``faintness``. The residual has ``RESIDUAL_RANGE``. Where relu(a + b) is all that reads ``a``,
    values of ``a`` below -max(b) all give 0, so its range need not reach further down.

    Args:
        network: LiteDenoiseNet; its sum of noisy picture and residual has no range here,
            because 8-bit pictures are what it is rounded to anyway.
        pictures: (1, H, W, 3) float32 in [0, 1], as varied as those to come.
    """
    names = ranged_layers(network)
    probe = keras.Model(network.input, {name: network.get_layer(name).output for name in names})
    rng = np.random.default_rng(0)
    samples: dict[str, list[NDArray[np.float32]]] = {name: [] for name in names}
    extremes: dict[str, list[float]] = {name: [0.0] for name in names}
    for picture in pictures:
        for name, output in probe(picture).items():
            values = np.asarray(output).ravel()
            extremes[name] += [float(values.min()), float(values.max())]
            samples[name].append(values[rng.integers(values.size, size=SAMPLES_PER_PICTURE)])
    lows = {name: min(extremes[name]) for name in names}
    highs = {name: max(extremes[name]) for name in names}
    for name, other in _added_before_relu(network):
        lows[name] = max(lows[name], -highs[other])
    residual = names[-1]
    weights = faintness(np.stack(samples[residual]))
    ranges = {
        name: best_range(np.stack(samples[name]), lows[name], highs[name], weights)
        for name in names[:-1]
    }
    return ranges | {residual: RESIDUAL_RANGE}


def ranged_layers(network: keras.Model) -> list[str]:
    """Names of the layers whose output int8 keeps, in the order in which they run."""
    return [layer.name for layer in network.layers if _is_kept(layer)]


def faintness(residuals: NDArray[np.float32]) -> NDArray[np.float32]:
    """A weight for each picture, (P, 1), by the strength of the noise that was found in it.

    As in the training's loss: what counts is the PSNR of each picture, and a step of rounding that
    is nothing beside heavy noise is most of what is left of faint noise.

    Args:
        residuals: (P, S) float32, some of what the network adds to each picture.
    """
    power = np.mean(np.square(residuals), axis=1, keepdims=True) + FAINT_NOISE_STD**2
    weights: NDArray[np.float32] = power**-NOISE_POWER
    return weights / weights.mean()


def best_range(
    values: NDArray[np.float32], low: float, high: float, weights: NDArray[np.float32]
) -> tuple[float, float]:
    """The part of [low, high] that, cut into 256 codes, keeps ``values`` best.

    Values below ``low`` count as ``low``. Both ends move towards 0, which stays in the range.

    Args:
        values: (P, S) float32, of P pictures.
        low, high: the range that holds them all.
        weights: (P, 1), of each picture's squared error.
    """
    wanted = np.maximum(values, np.float32(low))

    def error(bounds: tuple[float, float]) -> float:
        step = np.float32((bounds[1] - bounds[0]) / 255)
        codes = np.clip(np.rint((wanted - np.float32(bounds[0])) / step), 0, 255)
        return float(np.mean(weights * np.square(codes * step + np.float32(bounds[0]) - wanted)))

    lows = {min(low, 0.0) * share for share in _SHARES}
    highs = {max(high, 0.0) * share for share in _SHARES}
    candidates = sorted((a, b) for a in lows for b in highs if b > a)
    return min(candidates, key=error, default=(low, high))


def _added_before_relu(network: keras.Model) -> list[tuple[str, str]]:
    """Convolutions that nothing but an addition reads, each with what is added to it."""
    adds = [layer for layer in network.layers if layer.name.endswith("_add")]
    return [tuple(tensor._keras_history.operation.name for tensor in add.input) for add in adds]


def _is_kept(layer: layers.Layer) -> bool:
    """Additions are fused with their ReLU; copies of values keep those values' codes."""
    return isinstance(layer, layers.Conv2D | layers.ReLU)
