"""Loads the weights of exported model files back into the Keras network."""

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

from litedenoise_sdk.model.packing import unpack

_Values = Callable[[schema.TensorT, bytes, Path], NDArray[np.float32]]
_CODES = {schema.TensorType.INT8: np.int8, schema.TensorType.INT32: np.int32}


def load_released_weights(network: keras.Model, path: Path) -> None:
    """Fills the network's convolutions from an fp32 ``.tflite`` of the same network.

    Raises:
        ValueError: the file is not an fp32 model of this network.
    """
    _load(network, path, _float_values)


def load_int8_weights(network: keras.Model, path: Path) -> None:
    """The same from an int8 file: each weight's code times its step.

    Raises:
        ValueError: the file is not an int8 model of this network.
    """
    _load(network, path, _dequantized_values)


def _load(network: keras.Model, path: Path, values: _Values) -> None:
    """Both list the convolutions in the order in which they run.

    Args:
        values: float32 values of a tensor, from its data; the path is for what it raises.
    """
    model = unpack(path.read_bytes())
    graph = model.subgraphs[0]
    convolutions = [
        operator
        for operator in graph.operators
        if model.operatorCodes[operator.opcodeIndex].builtinCode == schema.BuiltinOperator.CONV_2D
    ]
    layers = [layer for layer in network.layers if isinstance(layer, keras.layers.Conv2D)]
    if len(layers) != len(convolutions):
        raise ValueError(f"{path}: {len(convolutions)} convolutions, expected {len(layers)}")
    for layer, operator in zip(layers, convolutions, strict=True):
        tensors = [graph.tensors[index] for index in operator.inputs[1:]]
        kernel, bias = (
            values(tensor, bytes(model.buffers[tensor.buffer].data), path) for tensor in tensors
        )
        # TensorFlow Lite keeps output channels first, Keras last.
        layer.set_weights([kernel.transpose(1, 2, 3, 0), bias])


def _float_values(tensor: schema.TensorT, data: bytes, path: Path) -> NDArray[np.float32]:
    if tensor.type != schema.TensorType.FLOAT32:
        raise ValueError(f"{path}: weights are not float32; take the fp32 file")
    return np.frombuffer(data, np.float32).reshape(tensor.shape)


def _dequantized_values(tensor: schema.TensorT, data: bytes, path: Path) -> NDArray[np.float32]:
    if tensor.type not in _CODES:
        raise ValueError(f"{path}: weights are not 8-bit; take the int8 file")
    codes = np.frombuffer(data, _CODES[tensor.type]).reshape(tensor.shape)
    steps = np.asarray(tensor.quantization.scale, np.float32)
    return codes * steps.reshape(-1, *[1] * (codes.ndim - 1))
