"""Makes a converted int16x8 file one that the SDK and NPUs take as it is."""

import numpy as np

from litedenoise_sdk.model.operators import operator_codes
from litedenoise_sdk.model.packing import Fields, pack, unpack
from litedenoise_sdk.model.schema import ACTIVATION_RELU, OPERATORS

_QUANTIZE = 114
"""The code of requantizations, which networks of this family do not have."""

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
    model = unpack(content)
    graph = model["subgraphs"][0]
    for end in (graph["inputs"][0], graph["outputs"][0]):
        _rescale(model, int(end), _UNIT_SCALE)
    (last,) = _makers(graph, int(graph["outputs"][0]))
    last["builtin_options"]["fused_activation_function"] = ACTIVATION_RELU
    for operator in list(graph["operators"]):
        if _code(model, operator) == _QUANTIZE:
            _bypass(model, operator)
    for operator in graph["operators"]:
        if _name(model, operator) == "ADD" and operator is not last:
            _narrow_before_relu(model, operator)
    used = sorted({operator["opcode_index"] for operator in graph["operators"]})
    model["operator_codes"] = [model["operator_codes"][index] for index in used]
    for operator in graph["operators"]:
        operator["opcode_index"] = used.index(operator["opcode_index"])
    return pack(model)


def _bypass(model: Fields, requantize: Fields) -> None:
    """Lets the tensor before a requantization have the scale after it, back to its addition.

    The inputs of a concatenation must share a scale. It is the largest of theirs, so nothing
    saturates, and 16 bits can spare the fraction of one that is lost.
    """
    graph = model["subgraphs"][0]
    before, after = int(requantize["inputs"][0]), int(requantize["outputs"][0])
    scale = float(graph["tensors"][after]["quantization"]["scale"][0])
    if scale < float(graph["tensors"][before]["quantization"]["scale"][0]):
        raise ValueError("expected a concatenation to have the largest scale of its inputs")
    _rescale(model, before, scale)
    (maker,) = _makers(graph, before)
    if _name(model, maker) == "RESIZE_NEAREST_NEIGHBOR":
        _rescale(model, int(maker["inputs"][0]), scale)  # a resize copies numbers
    for reader in _readers(graph, after):
        reader["inputs"] = [before if i == after else i for i in reader["inputs"]]
    graph["operators"] = [one for one in graph["operators"] if one is not requantize]
    _remove_tensor(graph, after)


def _narrow_before_relu(model: Fields, addition: Fields) -> None:
    """Leaves out what the ReLU of relu(a + b) cuts off, from whichever of the two it alone reads.

    With b in [-B, B] and a result up to R, values of ``a`` outside [-B, R + B] do not come up or
    give 0. Training leaves values ten times as large: rounded for their sake, the finest level
    costs a twentieth of a decibel.
    """
    graph = model["subgraphs"][0]
    result = int(addition["outputs"][0])
    for narrowed, other in (addition["inputs"], reversed(addition["inputs"])):
        own, *scales = (
            float(graph["tensors"][int(one)]["quantization"]["scale"][0])
            for one in (narrowed, other, result)
        )
        narrowed = int(narrowed)
        if len(_readers(graph, narrowed)) == 1 and sum(scales) < own:
            _rescale(model, narrowed, sum(scales))


def _rescale(model: Fields, tensor: int, scale: float) -> None:
    """Changes a tensor's scale, and the biases of convolutions that read it, which depend on it."""
    graph = model["subgraphs"][0]
    quantization = graph["tensors"][tensor]["quantization"]
    factor = float(quantization["scale"][0]) / scale
    quantization["scale"], quantization["zero_point"] = [scale], [0]
    for reader in _readers(graph, tensor):
        if _name(model, reader) != "CONV_2D":
            continue
        bias = graph["tensors"][reader["inputs"][2]]
        buffer = model["buffers"][bias["buffer"]]
        values = buffer["data"].view(np.int64)
        buffer["data"] = np.rint(values * factor).astype(np.int64).view(np.uint8)
        steps = bias["quantization"]["scale"]
        bias["quantization"]["scale"] = [float(step) / factor for step in steps]


def _remove_tensor(graph: Fields, removed: int) -> None:
    del graph["tensors"][removed]
    for part in (graph, *graph["operators"]):
        for ends in ("inputs", "outputs"):
            part[ends] = [index - (index > removed) for index in part[ends]]


def _makers(graph: Fields, tensor: int) -> list[Fields]:
    return [operator for operator in graph["operators"] if tensor in operator["outputs"]]


def _readers(graph: Fields, tensor: int) -> list[Fields]:
    return [operator for operator in graph["operators"] if tensor in operator["inputs"]]


def _name(model: Fields, operator: Fields) -> str | None:
    """None for what networks of this family do not have."""
    return OPERATORS.get(_code(model, operator))


def _code(model: Fields, operator: Fields) -> int:
    return operator_codes(model)[operator["opcode_index"]]
