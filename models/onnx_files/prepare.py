"""Makes an ONNX network ready to become one of the SDK's family, without changing what it computes.

What PyTorch exports differs in form: shapes left open, constants computed at run time, batch
normalization apart from its convolution, padding that TensorFlow knows only as an operator of its
own, the noise subtracted rather than a residual added.
"""

from collections import Counter
from typing import Any

import numpy as np
import onnx
import onnxsim
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from litedenoise_sdk.geometry import Size

BLOCK = Size(256, 256)
"""For a network that leaves height and width open; the SDK changes it to what each photo needs."""


def prepare(model: onnx.ModelProto) -> onnx.ModelProto:
    """Fixed shapes, folded constants, and operators as the SDK's family has them.

    Raises:
        ValueError: not one picture (1, 3, H, W) in and one out, or a convolution's padding that
            TensorFlow has no equivalent for.
    """
    block = _block(model)
    source = model.graph.input[0].name
    fixed, _ = onnxsim.simplify(
        model,
        overwrite_input_shapes={source: [1, 3, block.height, block.width]},
    )
    constants = _constants(fixed)
    for node in list(fixed.graph.node):
        if node.op_type == "Sub":
            _add_the_negative(fixed, node, constants)
        elif node.op_type == "Clip":
            _split_clamp(fixed, node, constants)
    for node in fixed.graph.node:
        if node.op_type == "Conv":
            _pad_as_tensorflow(node, constants)
    del fixed.graph.initializer[:]
    fixed.graph.initializer.extend(
        numpy_helper.from_array(np.ascontiguousarray(values), name)
        for name, values in constants.items()
    )
    del fixed.graph.value_info[:]
    return onnx.shape_inference.infer_shapes(fixed, strict_mode=True)


def _block(model: onnx.ModelProto) -> Size:
    known = {initializer.name for initializer in model.graph.initializer}
    inputs = [value for value in model.graph.input if value.name not in known]
    if len(inputs) != 1 or len(model.graph.output) != 1:
        raise ValueError(
            f"expected one picture in and one out, got {len(inputs)} inputs and "
            f"{len(model.graph.output)} outputs"
        )
    sides = [dimension.dim_value for dimension in inputs[0].type.tensor_type.shape.dim]
    if len(sides) != 4 or sides[0] not in (0, 1) or sides[1] not in (0, 3):
        raise ValueError(f"expected an input of shape (1, 3, height, width), got {sides}")
    return Size(sides[2] or BLOCK.height, sides[3] or BLOCK.width)


def _constants(model: onnx.ModelProto) -> dict[str, NDArray[Any]]:
    """Initializers and what Constant nodes give, which are removed from the graph."""
    found = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
    for node in [node for node in model.graph.node if node.op_type == "Constant"]:
        found[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)
        model.graph.node.remove(node)
    return found


def _add_the_negative(
    model: onnx.ModelProto, node: onnx.NodeProto, constants: dict[str, NDArray[Any]]
) -> None:
    """picture - convolution(x) becomes picture + convolution'(x), the weights negated."""
    noise = node.input[1]
    maker = next((one for one in model.graph.node if noise in one.output), None)
    readers = Counter(name for one in model.graph.node for name in one.input)
    if maker is None or maker.op_type != "Conv" or readers[noise] > 1:
        return
    for index, name in enumerate(maker.input[1:], start=1):
        maker.input[index] = f"{name}_negative_{noise}"
        constants[maker.input[index]] = -constants[name]
    node.op_type = "Add"


def _split_clamp(
    model: onnx.ModelProto, node: onnx.NodeProto, constants: dict[str, NDArray[Any]]
) -> None:
    """A clamp to [0, high] as ReLU, which fuses into what is before it, and minimum."""
    low, high = (constants.get(name) for name in [*node.input[1:], "", ""][:2])
    if low is None or high is None or float(low) != 0:
        return
    name = f"{node.output[0]}_from_zero"
    limit = f"{name}_limit"
    constants[limit] = high.reshape(())
    position = list(model.graph.node).index(node)
    nodes = [
        helper.make_node("Relu", [node.input[0]], [name]),
        helper.make_node("Min", [name, limit], [node.output[0]]),
    ]
    model.graph.node.remove(node)
    for offset, one in enumerate(nodes):
        model.graph.node.insert(position + offset, one)


def _pad_as_tensorflow(node: onnx.NodeProto, constants: dict[str, NDArray[Any]]) -> None:
    """Explicit padding becomes SAME, which counts from the end of the picture.

    PyTorch pads both sides of a 3x3 convolution of stride 2, TensorFlow only the far one: a row
    and a column of zeros at the end of the kernel make SAME padding begin where PyTorch's does.
    """
    attributes = {one.name: helper.get_attribute_value(one) for one in node.attribute}
    if attributes.get("auto_pad", b"NOTSET") == b"SAME_UPPER":
        return
    kernel = constants[node.input[1]]
    sizes, strides = kernel.shape[2:], attributes.get("strides", [1, 1])
    pads = attributes.get("pads", [0, 0, 0, 0])
    rows, columns = (_zeros(sizes[i], strides[i], pads[i], pads[i + 2]) for i in range(2))
    if rows is None or columns is None or sizes[0] != sizes[1]:
        raise ValueError(
            f"{node.name or node.output[0]}: a convolution of {tuple(sizes)} with stride "
            f"{tuple(strides)} and padding {tuple(pads)} has no equal with SAME padding; use "
            "square kernels and padding that keeps the size (over the stride)"
        )
    name = f"{node.input[1]}_same_{node.output[0]}"
    constants[name] = np.pad(kernel, [(0, 0), (0, 0), rows, columns])
    node.input[1] = name
    kept = [one for one in node.attribute if one.name not in ("pads", "auto_pad", "kernel_shape")]
    del node.attribute[:]
    node.attribute.extend(kept)
    node.attribute.append(helper.make_attribute("auto_pad", "SAME_UPPER"))
    node.attribute.append(helper.make_attribute("kernel_shape", constants[name].shape[2:]))


def _zeros(size: int, stride: int, before: int, after: int) -> tuple[int, int] | None:
    """Zeros before and after a kernel that turn this padding into SAME; the fewest there are."""
    if (before + after + stride - size) not in range(stride):
        return None  # the size would change by more than the stride
    for extra in range(size + stride):
        for first in range(extra + 1):
            if max(size + extra - stride, 0) // 2 == before + first:
                return first, extra - first
    return None
