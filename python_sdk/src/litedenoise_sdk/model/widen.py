"""Lays pixels side by side as channels, where a stage has too few channels for a processor.

Units that multiply matrices of 8-bit values, such as Intel's AMX, take 64 channels at a time, and a
convolution of 8 or 16 leaves them almost idle: the stages at full resolution have a tenth of the
network's work and take half of its time. In memory (H, W, C) and (H, W / n, n * C) are the same, so
n pixels beside each other become one of n times the channels, and a kernel becomes one of fewer
columns whose channels are a band of the old ones among zeros. That multiplies more, in a third of
the time, and as sums of integers are exact, not a byte of the result changes.
"""

import numpy as np

from litedenoise_sdk.model.graph import Graph, Operator
from litedenoise_sdk.model.operators import operator_names
from litedenoise_sdk.model.packing import Fields, pack, unpack
from litedenoise_sdk.model.receptive_field import stride_px
from litedenoise_sdk.model.schema import PADDING_VALID
from litedenoise_sdk.model.stages import Stage

_UNIT_CHANNELS = 64
"""How many channels are multiplied at a time."""


def pixels_side_by_side(graph: Graph, stage: Stage) -> int:
    """How many pixels of a stage's output should lie side by side; 1 where it is to stay as it is.

    A power of two, of which the output's width has to be a multiple, as that of a padded photo is.
    """
    operators = [graph.operators[index] for index in stage.operators]
    if not all(_can_widen(graph, operator) for operator in operators):
        return 1
    channels = max(graph.tensors[operator.outputs[0]].shape[-1] for operator in operators)
    fitting = max(_UNIT_CHANNELS // channels, 1).bit_length() - 1
    return min(1 << fitting, stride_px(graph) >> stage.level)


def widened(content: bytes, pixels: int) -> bytes:
    """A stage's .tflite file for ``pixels`` of them side by side.

    Each of its tensors (1, H, W, C) becomes (1, H, W / n, n * C) with the same values in the same
    places; n is ``pixels``, twice that for what a convolution halves. An input that reaches beyond
    the output is filled up on the right, with any values.
    """
    model = unpack(content)
    (subgraph,) = model["subgraphs"]
    tensors, names = subgraph["tensors"], operator_names(model)
    together: dict[int, int] = {}
    wide: set[int] = set()
    for operator in subgraph["operators"]:
        values, outputs = operator["inputs"].tolist(), operator["outputs"].tolist()
        if names[operator["opcode_index"]] == "CONV_2D":
            (value, *constants), values = values, []
            together[value] = pixels * operator["builtin_options"]["stride_w"]
            for index, widen in zip(constants, (_widen_kernel, _widen_bias), strict=True):
                if index not in wide:  # equal biases may be one tensor
                    widen(model, tensors[index], operator["builtin_options"], pixels)
            wide.update(constants)
            operator["builtin_options"]["stride_w"] = 1
        together.update(dict.fromkeys((*values, *outputs), pixels))
    for index, count in together.items():
        _, height, width, channels = tensors[index]["shape"].tolist()
        tensors[index]["shape"] = [1, height, -(-width // count), channels * count]
    return pack(model)


def _can_widen(graph: Graph, operator: Operator) -> bool:
    """Whether it adds up 8-bit values, and takes as many columns as it gives, or twice as many."""
    read = {"CONV_2D": operator.inputs[:1], "ADD": operator.inputs}.get(operator.name, ())
    values = [graph.tensors[index] for index in (*read, *operator.outputs)]
    return bool(read) and all(value.spatial and value.type == "INT8" for value in values)


def _widen_kernel(model: Fields, tensor: Fields, options: Fields, pixels: int) -> None:
    """(out, height, width, in) to (pixels * out, height, columns, pixels * stride * in)."""
    outputs, height, width, inputs = tensor["shape"].tolist()
    stride, buffer = options["stride_w"], model["buffers"][tensor["buffer"]]
    before = 0 if options["padding"] == PADDING_VALID else width // 2
    places = {
        (pixel, column): divmod(pixel * stride + column - before, pixels * stride)
        for pixel in range(pixels)
        for column in range(width)
    }
    first, last = (pick(group for group, _ in places.values()) for pick in (min, max))
    kernel = buffer["data"].view(np.int8).reshape(outputs, height, width, inputs)
    wide = np.zeros(
        (pixels, outputs, height, last - first + 1, pixels * stride, inputs), kernel.dtype
    )
    for (pixel, column), (group, place) in places.items():
        wide[pixel, :, :, group - first, place] = kernel[:, :, column]
    buffer["data"] = wide.view(np.uint8).ravel()
    tensor["shape"] = [pixels * outputs, height, wide.shape[3], pixels * stride * inputs]
    _repeat_scales(tensor, pixels)


def _widen_bias(model: Fields, tensor: Fields, _: Fields, pixels: int) -> None:
    buffer = model["buffers"][tensor["buffer"]]
    buffer["data"] = np.tile(buffer["data"], pixels)
    tensor["shape"] = [len(buffer["data"]) // 4]
    _repeat_scales(tensor, pixels)


def _repeat_scales(tensor: Fields, pixels: int) -> None:
    """Those of each output channel, where there are more than one."""
    quantization = tensor["quantization"]
    if len(quantization["scale"]) > 1:
        for field in ("scale", "zero_point"):
            quantization[field] = np.tile(quantization[field], pixels)
