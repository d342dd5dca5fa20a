"""Loads the weights of an exported fp32 model file back into the Keras network."""

from pathlib import Path

import keras
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from litedenoise_sdk.model.packing import unpack


def load_released_weights(network: keras.Model, path: Path) -> None:
    """Fills the network's convolutions from an fp32 ``.tflite`` of the same network.

    Both list the convolutions in the order in which they run.

    Raises:
        ValueError: the file is not an fp32 model of this network.
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
        kernel, bias = (graph.tensors[index] for index in operator.inputs[1:])
        if kernel.type != schema.TensorType.FLOAT32:
            raise ValueError(f"{path}: weights are not float32; take the fp32 file")
        values = [
            np.frombuffer(bytes(model.buffers[tensor.buffer].data), np.float32).reshape(
                tensor.shape
            )
            for tensor in (kernel, bias)
        ]
        # TensorFlow Lite keeps output channels first, Keras last.
        layer.set_weights([values[0].transpose(1, 2, 3, 0), values[1]])
