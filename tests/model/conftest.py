"""Tiny model files, built with the schema alone so that the tests need no TensorFlow."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from tests.model.networks import packed

_SIDE = 32


def _tensor(shape: tuple[int, ...], buffer: int) -> Any:
    tensor = schema.TensorT()
    tensor.shape = np.array(shape, np.int32)
    tensor.type = schema.TensorType.FLOAT32
    tensor.buffer = buffer
    return tensor


def _constant(values: np.ndarray[Any, np.dtype[np.float32]]) -> Any:
    buffer = schema.BufferT()
    buffer.data = np.frombuffer(values.tobytes(), np.uint8)
    return buffer


def _build(
    *,
    operator_code: int = schema.BuiltinOperator.CONV_2D,
    channels: int = 3,
    stride: int = 1,
    padding: int = schema.Padding.SAME,
    outputs: tuple[int, ...] = (3,),
) -> bytes:
    """A picture through one 3x3 convolution, or whatever ``operator_code`` says it is."""
    rng = np.random.default_rng(seed=7)
    weights = rng.normal(size=(channels, 3, 3, channels)).astype(np.float32)
    options = schema.Conv2DOptionsT()
    options.strideH = options.strideW = stride
    options.dilationHFactor = options.dilationWFactor = 1
    options.padding = padding
    operator = schema.OperatorT()
    operator.inputs, operator.outputs = [0, 1, 2], [3]
    operator.builtinOptionsType = schema.BuiltinOptions.Conv2DOptions
    operator.builtinOptions = options
    code = schema.OperatorCodeT()
    code.builtinCode = operator_code
    code.deprecatedBuiltinCode = operator_code
    code.version = 1
    graph = schema.SubGraphT()
    graph.tensors = [
        _tensor((1, _SIDE, _SIDE, channels), 0),
        _tensor(weights.shape, 1),
        _tensor((channels,), 2),
        _tensor((1, _SIDE // stride, _SIDE // stride, channels), 0),
    ]
    graph.operators, graph.inputs, graph.outputs = [operator], [0], list(outputs)
    model = schema.ModelT()
    model.version = 3
    model.operatorCodes = [code]
    model.subgraphs = [graph]
    model.buffers = [
        schema.BufferT(),
        _constant(weights),
        _constant(np.zeros(channels, np.float32)),
    ]
    return packed(model)


@pytest.fixture(scope="session")
def build_network() -> Callable[..., bytes]:
    return _build
