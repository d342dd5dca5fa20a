"""Loads the weights of exported model files back into the Keras network."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.model.graph import TensorType
from litedenoise_sdk.model.operators import operator_names
from litedenoise_sdk.model.packing import Fields, unpack
from litedenoise_sdk.model.schema import TENSOR_TYPES

_Values = Callable[[Fields, NDArray[np.uint8], Path], NDArray[np.float32]]
_CODES: dict[TensorType, type[np.signedinteger[Any]]] = {"INT8": np.int8, "INT32": np.int32}


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
    graph = model["subgraphs"][0]
    names = operator_names(model)
    convolutions = [
        operator for operator in graph["operators"] if names[operator["opcode_index"]] == "CONV_2D"
    ]
    layers = [layer for layer in network.layers if isinstance(layer, keras.layers.Conv2D)]
    if len(layers) != len(convolutions):
        raise ValueError(f"{path}: {len(convolutions)} convolutions, expected {len(layers)}")
    for layer, operator in zip(layers, convolutions, strict=True):
        tensors = [graph["tensors"][index] for index in operator["inputs"][1:]]
        kernel, bias = (
            values(tensor, model["buffers"][tensor["buffer"]]["data"], path) for tensor in tensors
        )
        # TensorFlow Lite keeps output channels first, Keras last.
        layer.set_weights([kernel.transpose(1, 2, 3, 0), bias])


def _float_values(tensor: Fields, data: NDArray[np.uint8], path: Path) -> NDArray[np.float32]:
    if TENSOR_TYPES[tensor["type"]] != "FLOAT32":
        raise ValueError(f"{path}: weights are not float32; take the fp32 file")
    return data.view(np.float32).reshape(tensor["shape"])


def _dequantized_values(tensor: Fields, data: NDArray[np.uint8], path: Path) -> NDArray[np.float32]:
    dtype = _CODES.get(TENSOR_TYPES[tensor["type"]])
    if dtype is None:
        raise ValueError(f"{path}: weights are not 8-bit; take the int8 file")
    codes = data.view(dtype).reshape(tensor["shape"])
    steps: NDArray[np.float32] = tensor["quantization"]["scale"]
    return codes * steps.reshape(-1, *[1] * (codes.ndim - 1))
