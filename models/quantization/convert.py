"""Converts the Keras network into TensorFlow Lite files: fp32, fp16 and int16x8."""

from collections.abc import Iterator, Sequence

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from models.quantization.int16 import tidy


def convert(network: keras.Model) -> bytes:
    """The network, with a fixed batch, height and width, as a TensorFlow Lite file in fp32."""
    content: bytes = _converter(network).convert()
    return content


def convert_int16x8(network: keras.Model, calibration: Sequence[NDArray[np.float32]]) -> bytes:
    """The network as a TensorFlow Lite file with int16 activations and int8 weights, for NPUs.

    Args:
        network: without its clamp, with a fixed batch, height and width.
        calibration: noisy pictures (1, H, W, 3) float32 in [0, 1], as varied as real ones.
    """

    def representative_dataset() -> Iterator[list[NDArray[np.float32]]]:
        for picture in calibration:
            yield [picture]

    converter = _converter(network)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = representative_dataset
    converter.target_spec.supported_ops = [
        tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
    ]
    converter.inference_input_type = converter.inference_output_type = tf.int16
    return tidy(converter.convert())


def convert_fp16(network: keras.Model) -> bytes:
    """The network as a TensorFlow Lite file with half-precision weights."""
    converter = _converter(network)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]
    content: bytes = converter.convert()
    return content


def _converter(network: keras.Model) -> tf.lite.TFLiteConverter:
    signature = tf.TensorSpec(network.input_shape, tf.float32, name="noisy")
    function = tf.function(lambda noisy: network(noisy, training=False))
    # Frozen first: the calibrator cannot read variables.
    frozen = convert_variables_to_constants_v2(function.get_concrete_function(signature))
    return tf.lite.TFLiteConverter.from_concrete_functions([frozen])


def give_dead_layers_a_range(
    network: keras.Model, calibration: Sequence[NDArray[np.float32]]
) -> None:
    """Changes weights, not results, so that every layer's activations can be quantized.

    Training may leave a block whose inner activations are all zero. Their range is empty, and the
    scale the quantizer takes from it is one that XNNPACK refuses. One inner channel is set to a
    constant there, which the next layer multiplies by zero.
    """
    for name in [layer.name for layer in network.layers if layer.name.endswith("_squeeze")]:
        squeeze = network.get_layer(name)
        expand = network.get_layer(name.replace("_squeeze", "_expand"))
        probe = keras.Model(network.input, squeeze.output)
        if max(float(keras.ops.max(probe(picture))) for picture in calibration) > 0:
            continue
        kernel, bias = squeeze.get_weights()
        kernel[..., 0], bias[0] = 0.0, 1.0
        squeeze.set_weights([kernel, bias])
        kernel, bias = expand.get_weights()
        kernel[:, :, 0, :] = 0.0
        expand.set_weights([kernel, bias])
        print(f"{name} is zero everywhere")
