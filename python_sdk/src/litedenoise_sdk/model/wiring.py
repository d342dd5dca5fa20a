"""Checks that a graph's tensors and operators fit together before anything computes with them."""

from litedenoise_sdk.errors import CorruptModel
from litedenoise_sdk.model.graph import Graph, Operator, Tensor

_RGB = 3
_INPUTS = {
    "ADD": 2,
    "CONCATENATION": 2,
    "CONV_2D": 3,
    "DEQUANTIZE": 1,
    "MINIMUM": 2,
    "RESIZE_NEAREST_NEIGHBOR": 2,
}


def check_wiring(graph: Graph) -> None:
    """Follows the graph in its order and checks every index and shape.

    Raises:
        CorruptModel: an index out of range, a tensor read before it is written, an input or output
            that is not an RGB picture, or shapes that contradict their operator.
    """
    count = len(graph.tensors)
    if not (0 <= graph.input < count and 0 <= graph.output < count):
        raise CorruptModel("expected the graph's ends among its tensors; the model is damaged")
    source, result = graph.tensors[graph.input], graph.tensors[graph.output]
    if len(source.shape) != 4 or (source.shape[0], source.shape[3]) != (1, _RGB):
        raise CorruptModel(f"expected an input of shape (1, height, width, 3), got {source.shape}")
    if result.shape != source.shape:
        raise CorruptModel(f"expected an output of shape {source.shape}, got {result.shape}")
    written = {index for index, tensor in enumerate(graph.tensors) if tensor.constant}
    written.add(graph.input)
    for operator in graph.operators:
        _check_indices(operator, written, count)
        output = graph.tensors[operator.outputs[0]]
        inputs = [graph.tensors[index] for index in operator.inputs]
        if not _shapes_fit(operator, inputs, output):
            raise CorruptModel(
                f"{operator.name}: inputs of shapes {[tensor.shape for tensor in inputs]} do not "
                f"make an output of shape {output.shape}; the model is damaged"
            )
        written.update(operator.outputs)
    if graph.output not in written - {graph.input} or not result.spatial:
        raise CorruptModel("expected the output to depend on the input picture")


def _check_indices(operator: Operator, written: set[int], count: int) -> None:
    if len(operator.inputs) != _INPUTS[operator.name] or len(operator.outputs) != 1:
        raise CorruptModel(
            f"{operator.name}: expected {_INPUTS[operator.name]} inputs and one output, got "
            f"{len(operator.inputs)} and {len(operator.outputs)}; the model is damaged"
        )
    output = operator.outputs[0]
    if not 0 <= output < count or output in written or not written.issuperset(operator.inputs):
        raise CorruptModel(f"{operator.name}: tensors out of order; the model is damaged")


def _shapes_fit(operator: Operator, inputs: list[Tensor], output: Tensor) -> bool:
    if operator.name == "DEQUANTIZE":
        return inputs[0].constant and inputs[0].shape == output.shape
    first, *others = inputs
    if not first.spatial or len(first.shape) != 4 or len(output.shape) != 4:
        return False
    _, height, width, channels = first.shape
    if operator.name == "CONV_2D":
        weights, bias = others
        return (
            not weights.spatial
            and len(weights.shape) == 4
            and weights.shape[1] == weights.shape[2]
            and weights.shape[3] == channels
            and bias.shape == weights.shape[:1]
            and operator.stride > 0
            and height % operator.stride == width % operator.stride == 0
            and output.shape
            == (1, height // operator.stride, width // operator.stride, weights.shape[0])
        )
    other = others[0]
    if operator.name == "RESIZE_NEAREST_NEIGHBOR":
        factor = output.shape[1] // height
        return (
            other.constant
            and other.shape == (2,)
            and other.type == "INT32"
            and output.shape == (1, height * factor, width * factor, channels)
        )
    if operator.name == "CONCATENATION":
        return (
            len(other.shape) == 4
            and other.shape[:3] == first.shape[:3]
            and output.shape == (*first.shape[:3], channels + other.shape[3])
        )
    return output.shape == first.shape and (other.shape == first.shape or other.nbytes <= 4)
