"""Makes a converted int16x8 file one that the SDK and NPUs take as it is."""

from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from litedenoise_sdk.model.packing import pack, unpack

_UNIT_SCALE = 1 / 32767


def tidy(content: bytes) -> bytes:
    """Ends that count in 1/32767, no requantization between operators, no range wider than needed.

    The last addition saturates at 1 where the float network clamps, and gets a ReLU for the clamp
    at 0, because 16-bit numbers are signed around it.

    Args:
        content: as TensorFlow converts it, of the network without its clamp.

    Raises:
        ValueError: a concatenation has a smaller scale than what it takes.
    """
    model: Any = unpack(content)
    graph = model.subgraphs[0]
    code_of = [code.builtinCode for code in model.operatorCodes]
    for end in (graph.inputs[0], graph.outputs[0]):
        _rescale(model, int(end), _UNIT_SCALE)
    (last,) = _makers(graph, int(graph.outputs[0]))
    last.builtinOptions.fusedActivationFunction = schema.ActivationFunctionType.RELU
    for operator in list(graph.operators):
        if code_of[operator.opcodeIndex] == schema.BuiltinOperator.QUANTIZE:
            _bypass(model, operator)
    for operator in graph.operators:
        if code_of[operator.opcodeIndex] == schema.BuiltinOperator.ADD and operator is not last:
            _narrow_before_relu(model, operator)
    used = sorted({operator.opcodeIndex for operator in graph.operators})
    model.operatorCodes = [model.operatorCodes[index] for index in used]
    for operator in graph.operators:
        operator.opcodeIndex = used.index(operator.opcodeIndex)
    return pack(model)


def _bypass(model: Any, requantize: Any) -> None:
    """Lets the tensor before a requantization have the scale after it, back to its addition.

    The inputs of a concatenation must share a scale. It is the largest of theirs, so nothing
    saturates, and 16 bits can spare the fraction of one that is lost.
    """
    graph = model.subgraphs[0]
    before, after = int(requantize.inputs[0]), int(requantize.outputs[0])
    scale = float(graph.tensors[after].quantization.scale[0])
    if scale < float(graph.tensors[before].quantization.scale[0]):
        raise ValueError("expected a concatenation to have the largest scale of its inputs")
    _rescale(model, before, scale)
    (maker,) = _makers(graph, before)
    if model.operatorCodes[maker.opcodeIndex].builtinCode == (
        schema.BuiltinOperator.RESIZE_NEAREST_NEIGHBOR
    ):
        _rescale(model, int(maker.inputs[0]), scale)  # a resize copies numbers
    for reader in _readers(graph, after):
        reader.inputs = np.array([before if i == after else i for i in reader.inputs], np.int32)
    graph.operators.remove(requantize)
    _remove_tensor(graph, after)


def _narrow_before_relu(model: Any, addition: Any) -> None:
    """Leaves out what the ReLU of relu(a + b) cuts off, from whichever of the two it alone reads.

    With b in [-B, B] and a result up to R, values of ``a`` outside [-B, R + B] do not come up or
    give 0. Training leaves values ten times as large: rounded for their sake, the finest level
    costs a twentieth of a decibel.
    """
    graph = model.subgraphs[0]
    result = int(addition.outputs[0])
    for narrowed, other in (addition.inputs, reversed(addition.inputs)):
        scales = [float(graph.tensors[int(one)].quantization.scale[0]) for one in (other, result)]
        narrowed = int(narrowed)
        own = float(graph.tensors[narrowed].quantization.scale[0])
        if len(_readers(graph, narrowed)) == 1 and sum(scales) < own:
            _rescale(model, narrowed, sum(scales))


def _rescale(model: Any, tensor: int, scale: float) -> None:
    """Changes a tensor's scale, and the biases of convolutions that read it, which depend on it."""
    graph = model.subgraphs[0]
    quantization = graph.tensors[tensor].quantization
    factor = float(quantization.scale[0]) / scale
    quantization.scale, quantization.zeroPoint = [scale], [0]
    for reader in _readers(graph, tensor):
        if model.operatorCodes[reader.opcodeIndex].builtinCode != schema.BuiltinOperator.CONV_2D:
            continue
        bias = graph.tensors[reader.inputs[2]]
        buffer = model.buffers[bias.buffer]
        values = np.frombuffer(bytes(buffer.data), np.int64)
        buffer.data = np.rint(values * factor).astype(np.int64).view(np.uint8)
        bias.quantization.scale = [float(one) / factor for one in bias.quantization.scale]


def _remove_tensor(graph: Any, removed: int) -> None:
    def moved(tensors: Any) -> Any:
        return np.array([index - (index > removed) for index in tensors], np.int32)

    del graph.tensors[removed]
    for operator in graph.operators:
        operator.inputs, operator.outputs = moved(operator.inputs), moved(operator.outputs)
    graph.inputs, graph.outputs = moved(graph.inputs), moved(graph.outputs)


def _makers(graph: Any, tensor: int) -> list[Any]:
    return [operator for operator in graph.operators if tensor in operator.outputs]


def _readers(graph: Any, tensor: int) -> list[Any]:
    return [operator for operator in graph.operators if tensor in operator.inputs]
