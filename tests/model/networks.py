"""Small networks of the family, built with the schema alone so that tests need no TensorFlow."""

from collections.abc import Sequence
from typing import Any, Literal

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

_SIDE = 32
_CODES = ("CONV_2D", "ADD", "RESIZE_NEAREST_NEIGHBOR", "CONCATENATION")
_OPTIONS = ("Conv2DOptions", "AddOptions", "ResizeNearestNeighborOptions", "ConcatenationOptions")


class _Builder:
    """Adds operators one by one to a network with int8 weights and activations of 8 or 16 bits."""

    def __init__(self, precision: Literal["int8", "int16x8"]) -> None:
        narrow, types = precision == "int8", schema.TensorType
        self._type, self._bias_type = (
            (types.INT8, types.INT32) if narrow else (types.INT16, types.INT64)
        )
        self._step, self._zero = (1 / 255, -128) if narrow else (1 / 32767, 0)
        self._rng = np.random.default_rng(3)
        self._buffers = [schema.BufferT()]
        self._tensors: list[Any] = []
        self._operators: list[Any] = []

    def activation(self, side: int, channels: int) -> int:
        return self._tensor((1, side, side, channels), self._type, [self._step], [self._zero])

    def convolution(self, source: int, channels: int, stride: int = 1) -> int:
        _, side, _, before = self._tensors[source].shape
        types, scales = schema.TensorType, self._rng.uniform(0.004, 0.01, channels)
        weights = self._rng.integers(-90, 90, (channels, 3, 3, before)).astype(np.int8)
        step = self._tensors[source].quantization.scale[0]
        inputs = [
            source,
            self._tensor(weights.shape, types.INT8, scales, [0] * channels, weights),
            self._tensor(
                (channels,),
                self._bias_type,
                scales * step,
                [0] * channels,
                np.zeros(channels, np.int32 if self._bias_type == types.INT32 else np.int64),
            ),
        ]
        options = schema.Conv2DOptionsT()
        options.strideH = options.strideW = stride
        options.dilationHFactor = options.dilationWFactor = 1
        return self._operator(0, inputs, self.activation(side // stride, channels), options)

    def sum(self, first: int, second: int) -> int:
        _, side, _, channels = self._tensors[first].shape
        return self._operator(
            1, [first, second], self.activation(side, channels), schema.AddOptionsT()
        )

    def doubled(self, source: int) -> int:
        _, side, _, channels = self._tensors[source].shape
        size = np.array([2 * side, 2 * side], np.int32)
        inputs = [source, self._tensor((2,), schema.TensorType.INT32, None, None, size)]
        options = schema.ResizeNearestNeighborOptionsT()
        return self._operator(2, inputs, self.activation(2 * side, channels), options)

    def joined(self, first: int, second: int) -> int:
        _, side, _, channels = self._tensors[first].shape
        options = schema.ConcatenationOptionsT()
        options.axis = 3
        both = channels + self._tensors[second].shape[3]
        return self._operator(3, [first, second], self.activation(side, both), options)

    def finished(self, source: int, result: int) -> bytes:
        graph = schema.SubGraphT()
        graph.tensors, graph.operators = self._tensors, self._operators
        graph.inputs, graph.outputs = [source], [result]
        model = schema.ModelT()
        model.version, model.subgraphs, model.buffers = 3, [graph], self._buffers
        model.operatorCodes = []
        for name in _CODES:
            code = schema.OperatorCodeT()
            code.builtinCode = code.deprecatedBuiltinCode = getattr(schema.BuiltinOperator, name)
            code.version = 3
            model.operatorCodes.append(code)
        return packed(model)

    def _operator(self, code: int, inputs: list[int], output: int, options: Any) -> int:
        operator = schema.OperatorT()
        operator.opcodeIndex, operator.inputs, operator.outputs = code, inputs, [output]
        operator.builtinOptionsType = getattr(schema.BuiltinOptions, _OPTIONS[code])
        operator.builtinOptions = options
        self._operators.append(operator)
        return output

    def _tensor(
        self,
        shape: Sequence[int],
        type: int,
        scales: Any,
        zero_points: Any,
        values: np.ndarray[Any, Any] | None = None,
    ) -> int:
        tensor = schema.TensorT()
        tensor.shape, tensor.type, tensor.buffer = np.array(shape, np.int32), type, 0
        tensor.name = f"tensor{len(self._tensors)}"
        if scales is not None:
            tensor.quantization = schema.QuantizationParametersT()
            tensor.quantization.scale = np.array(scales, np.float32)
            tensor.quantization.zeroPoint = np.array(zero_points, np.int64)
        if values is not None:
            tensor.buffer = len(self._buffers)
            self._buffers.append(schema.BufferT())
            self._buffers[-1].data = np.frombuffer(values.tobytes(), np.uint8)
        self._tensors.append(tensor)
        return len(self._tensors) - 1


def small_network(precision: Literal["int8", "int16x8"] = "int8") -> bytes:
    """Halved, added to, doubled again and joined with what the picture itself gave."""
    build = _Builder(precision)
    picture = build.activation(_SIDE, 3)
    fine = build.convolution(picture, 8)
    coarse = build.convolution(fine, 8, stride=2)
    coarse = build.sum(coarse, build.convolution(coarse, 8))
    joined = build.joined(fine, build.doubled(coarse))
    residual = build.convolution(joined, 3)
    return build.finished(picture, build.sum(picture, residual))


def packed(model: Any) -> bytes:
    """A .tflite file of the schema's objects."""
    builder = flatbuffers.Builder(1 << 16)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())
