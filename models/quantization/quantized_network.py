"""The network as int8 will compute it, in float and with gradients.

Activations are rounded to 256 codes of a fixed range, kernels to 255 codes for each channel that
they make, and the gradient passes as if nothing had been rounded. After Jacob et al.,
"Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference",
CVPR 2018.
"""

from typing import Any

import keras
from keras import KerasTensor as Tensor
from keras import layers, ops

from models.quantization.int8_ranges import ActivationRanges

_ROUNDED = "_rounded"


def quantized_network(
    network: keras.Model,
    ranges: ActivationRanges,
    *,
    movable: bool = False,
    bfloat16_gradients: bool = False,
) -> keras.Model:
    """A copy with the same weights that rounds.

    Args:
        movable: lets ``change_range`` act on compiled calls, too. The copy then has weights that
            ``network`` does not have.
        bfloat16_gradients: results stay exact, but what the kernels learn from is computed in
            bfloat16: half a training step's time where a CPU or GPU multiplies in it.
    """
    rounding = _MovableRounding if movable else _Rounding

    def copy(layer: layers.Layer) -> layers.Layer:
        if not isinstance(layer, layers.Conv2D):
            return type(layer).from_config(layer.get_config())
        rounded = _RoundedConv2D.from_config(layer.get_config())
        rounded.bfloat16_gradients = bfloat16_gradients
        return rounded

    def call(layer: layers.Layer, *inputs: Tensor, **options: object) -> Tensor:
        output = layer(*inputs, **options)
        if layer.name not in ranges:
            return output
        return rounding(*ranges[layer.name], name=layer.name + _ROUNDED)(output)

    quantized = keras.models.clone_model(network, clone_function=copy, call_function=call)
    for layer in network.layers:
        quantized.get_layer(layer.name).set_weights(layer.get_weights())
    return quantized


def change_range(quantized: keras.Model, name: str, low: float, high: float) -> None:
    """Gives the layer called ``name`` another range, in a network with movable ones."""
    quantized.get_layer(name + _ROUNDED).codes.assign(_codes(low, high))


def _codes(low: float, high: float) -> tuple[float, float]:
    """The step of a range, and its lowest code, counted in steps from 0."""
    step = max(high - low, 1e-6) / 255.0
    return step, float(round(low / step))


@keras.saving.register_keras_serializable(package="litedenoise")
class _Rounding(layers.Layer):
    """Activations to the nearest of 256 codes of [low, high], moved so that 0 has one of them."""

    def __init__(self, low: float, high: float, **kwargs: object):
        super().__init__(**kwargs)
        self.codes: Any = _codes(low, high)

    def call(self, features: Tensor) -> Tensor:
        step, lowest = self.codes[0], self.codes[1]
        return ops.clip(_round(features / step), lowest, lowest + 255.0) * step


@keras.saving.register_keras_serializable(package="litedenoise")
class _MovableRounding(_Rounding):
    """The same with its range in a variable."""

    def __init__(self, low: float, high: float, **kwargs: object):
        super().__init__(low, high, **kwargs)
        self.codes = self.add_weight(shape=(2,), trainable=False)
        self.codes.assign(_codes(low, high))


@keras.saving.register_keras_serializable(package="litedenoise")
class _RoundedConv2D(layers.Conv2D):
    """Its kernel to the nearest of 255 codes, with a step of its own for each output channel."""

    bfloat16_gradients = False

    def convolution_op(self, inputs: Tensor, kernel: Tensor) -> Tensor:
        reach = ops.max(ops.abs(kernel), axis=(0, 1, 2), keepdims=True)
        step = ops.stop_gradient(ops.maximum(reach, 1e-9) / 127.0)
        kernel = _round(kernel / step) * step
        exact = super().convolution_op(inputs, kernel)
        if not self.bfloat16_gradients:
            return exact
        halves = ops.cast(inputs, "bfloat16"), ops.cast(kernel, "bfloat16")
        quick = ops.cast(super().convolution_op(*halves), exact.dtype)
        return quick + ops.stop_gradient(exact - quick)


def _round(values: Tensor) -> Tensor:
    return values + ops.stop_gradient(ops.round(values) - values)
