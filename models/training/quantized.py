"""The network as int8 will compute it, in float and with gradients.

Activations are rounded to 256 codes of a fixed range, kernels to 255 codes for each channel that
they make, and the gradient passes as if nothing had been rounded. After Jacob et al.,
"Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference",
CVPR 2018.
"""

from collections.abc import Sequence

import keras
import numpy as np
from keras import KerasTensor as Tensor
from keras import layers, ops
from numpy.typing import NDArray

from models.int8_ranges import SAMPLES_PER_PICTURE, ActivationRanges, best_range, faintness


def activation_ranges(
    network: keras.Model, pictures: Sequence[NDArray[np.float32]]
) -> ActivationRanges:
    """The ranges that int8 files are given, see ``models.int8_ranges``.

    Args:
        network: of ``models.network``; its sum of noisy picture and residual has no range here,
            because 8-bit pictures are what it is rounded to anyway.
        pictures: (1, H, W, 3) float32 in [0, 1].
    """
    names = [layer.name for layer in network.layers if _is_kept(layer)]
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
        lows[name] = max(lows[name], -highs[other])  # ReLU cuts off what lies below
    residual = names[-1]
    weights = faintness(np.stack(samples[residual]))
    ranges = {
        name: best_range(np.stack(samples[name]), lows[name], highs[name], weights)
        for name in names[:-1]
    }
    return ranges | {residual: (lows[residual], highs[residual])}


def _added_before_relu(network: keras.Model) -> list[tuple[str, str]]:
    """Convolutions that nothing but an addition reads, each with what is added to it."""
    adds = [layer for layer in network.layers if layer.name.endswith("_add")]
    return [tuple(tensor._keras_history.operation.name for tensor in add.input) for add in adds]


def quantized_network(network: keras.Model, ranges: ActivationRanges) -> keras.Model:
    """A copy with the same weights that rounds; its weights fit ``network``."""

    def copy(layer: layers.Layer) -> layers.Layer:
        kind = _RoundedConv2D if isinstance(layer, layers.Conv2D) else type(layer)
        return kind.from_config(layer.get_config())

    def call(layer: layers.Layer, *inputs: Tensor, **options: object) -> Tensor:
        output = layer(*inputs, **options)
        return _Rounding(*ranges[layer.name])(output) if layer.name in ranges else output

    quantized = keras.models.clone_model(network, clone_function=copy, call_function=call)
    for layer in network.layers:
        quantized.get_layer(layer.name).set_weights(layer.get_weights())
    return quantized


def _is_kept(layer: layers.Layer) -> bool:
    """Additions are fused with their ReLU; copies of values keep those values' codes."""
    return isinstance(layer, layers.Conv2D | layers.ReLU)


@keras.saving.register_keras_serializable(package="litedenoise")
class _Rounding(layers.Layer):
    """Activations to the nearest of 256 codes of [low, high]."""

    def __init__(self, low: float, high: float, **kwargs: object):
        super().__init__(**kwargs)
        self._low = low
        self._step = max(high - low, 1e-6) / 255.0

    def call(self, features: Tensor) -> Tensor:
        codes = ops.clip((features - self._low) / self._step, 0.0, 255.0)
        return _round(codes) * self._step + self._low


@keras.saving.register_keras_serializable(package="litedenoise")
class _RoundedConv2D(layers.Conv2D):
    """Its kernel to the nearest of 255 codes, with a step of its own for each output channel."""

    def convolution_op(self, inputs: Tensor, kernel: Tensor) -> Tensor:
        reach = ops.max(ops.abs(kernel), axis=(0, 1, 2), keepdims=True)
        step = ops.stop_gradient(ops.maximum(reach, 1e-9) / 127.0)
        return super().convolution_op(inputs, _round(kernel / step) * step)


def _round(values: Tensor) -> Tensor:
    return values + ops.stop_gradient(ops.round(values) - values)
