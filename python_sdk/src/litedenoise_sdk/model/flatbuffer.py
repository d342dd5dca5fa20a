"""Reads a TensorFlow Lite file into a ``Graph``, trusting nothing in it.

Every file goes through here before native code sees it, so that a bad one gets a clear error. Only
this family of networks is accepted: one picture in, one picture out, and operators that it knows.
"""

from typing import Any, get_args

from litedenoise_sdk.errors import CorruptModel
from litedenoise_sdk.model.graph import Graph, Operator, Tensor, TensorType
from litedenoise_sdk.model.guard import guarded_model
from litedenoise_sdk.model.operators import operator_names, read_operator
from litedenoise_sdk.model.packing import Fields, unpack
from litedenoise_sdk.model.quantization import Quantization, check_quantization
from litedenoise_sdk.model.schema import TENSOR_TYPES
from litedenoise_sdk.model.wiring import check_wiring

_MOST_ITEMS = 4096
"""More tensors, operators or buffers than any network of this family has."""

_MOST_TENSOR_BYTES = 2**36
"""Nobody runs blocks of gigapixels."""


def read_graph(content: bytes) -> Graph:
    """Reads the network that ``content``, the bytes of a .tflite file, holds.

    Raises:
        CorruptModel: empty, truncated, not a TensorFlow Lite file, or another kind of network.
    """
    with guarded_model():
        graph, quantizations = _read(unpack(content), len(content))
        check_wiring(graph)
        check_quantization(graph, quantizations)
    return graph


def _read(model: Fields, file_bytes: int) -> tuple[Graph, list[Quantization]]:
    if len(model["subgraphs"]) != 1:
        raise CorruptModel(f"expected one graph in the model, got {len(model['subgraphs'])}")
    (subgraph,) = model["subgraphs"]
    for items in (
        model["operator_codes"],
        model["buffers"],
        subgraph["tensors"],
        subgraph["operators"],
    ):
        if not 0 < len(items) <= _MOST_ITEMS:
            raise CorruptModel(f"expected 1 to {_MOST_ITEMS} of everything, got {len(items)}")
    if len(subgraph["inputs"]) != 1 or len(subgraph["outputs"]) != 1:
        raise CorruptModel(
            f"expected one picture in and one out, got {len(subgraph['inputs'])} inputs and "
            f"{len(subgraph['outputs'])} outputs"
        )
    names = operator_names(model)
    operators = tuple(read_operator(operator, names) for operator in subgraph["operators"])
    buffers = [_read_buffer(buffer) for buffer in model["buffers"]]
    source = int(subgraph["inputs"][0])
    spatial = _spatial_tensors(operators, source)
    quantizations = [Quantization.of(tensor) for tensor in subgraph["tensors"]]
    tensors = tuple(
        _read_tensor(tensor, buffers, index in spatial, quantizations[index])
        for index, tensor in enumerate(subgraph["tensors"])
    )
    if sum(tensor.nbytes for tensor in tensors if tensor.constant) > 4 * file_bytes:
        raise CorruptModel("expected a buffer for each constant; the model is damaged")
    _check_references(model, len(tensors))
    values = [buffers[tensor["buffer"]] for tensor in subgraph["tensors"]]
    _check_resizes(operators, tensors, values)
    return Graph(tensors, operators, source, int(subgraph["outputs"][0])), quantizations


def _read_buffer(buffer: Fields) -> Any:
    """The values that a buffer holds, as bytes in an array that is a view; None where it is empty.

    Values that lie behind the graph, as those of models beyond 2 GB do, are refused.
    """
    if buffer["offset"] > 1 or buffer["size"] > 1:
        raise CorruptModel("expected constants inside the graph, got some that lie behind it")
    return None if buffer["data"] is None or not buffer["data"].size else buffer["data"]


def _check_references(model: Fields, tensors: int) -> None:
    """What signatures and notes refer to has to be there, as LiteRT looks it up."""
    if any(note["buffer"] >= len(model["buffers"]) for note in model["metadata"] or ()):
        raise CorruptModel("expected notes among the buffers; the model is damaged")
    for signature in model["signature_defs"] or ():
        ends = [*(signature["inputs"] or ()), *(signature["outputs"] or ())]
        if signature["subgraph_index"] or any(end["tensor_index"] >= tensors for end in ends):
            raise CorruptModel("expected a signature's ends among the tensors; it is damaged")


def _check_resizes(
    operators: tuple[Operator, ...], tensors: tuple[Tensor, ...], values: list[Any]
) -> None:
    """A resize's constant has to say the size that its output has."""
    for operator in operators:
        if operator.name == "RESIZE_NEAREST_NEIGHBOR":
            size = values[operator.inputs[1]]
            told = () if size is None else tuple(size.view("<i4").tolist())
            if told != tensors[operator.outputs[0]].shape[1:3]:
                raise CorruptModel(f"expected a resize to its output's size, got {told}")


def _spatial_tensors(operators: tuple[Operator, ...], source: int) -> set[int]:
    """What depends on the input picture; the outputs of weights' DEQUANTIZE do not."""
    spatial = {source}
    for operator in operators:
        if spatial.intersection(operator.inputs):
            spatial.update(operator.outputs)
    return spatial


def _read_tensor(
    tensor: Fields, buffers: list[Any], spatial: bool, quantization: Quantization
) -> Tensor:
    type_name = TENSOR_TYPES.get(tensor["type"])
    if type_name is None:
        raise CorruptModel(
            f"expected tensors of {', '.join(get_args(TensorType))}, got the type "
            f"{tensor['type']} of TensorFlow Lite's schema"
        )
    if tensor["is_variable"] or tensor["sparsity"] or tensor["variant_tensors"]:
        raise CorruptModel("expected dense tensors without state; the model is of another kind")
    shape = () if tensor["shape"] is None else tuple(tensor["shape"].tolist())
    values = buffers[tensor["buffer"]]
    read = Tensor(shape, type_name, values is not None, spatial, *quantization.whole)
    if any(side < 1 for side in shape) or read.nbytes > _MOST_TENSOR_BYTES:
        raise CorruptModel(f"expected a tensor of 1 byte to 64 GB, got one of shape {shape}")
    if values is not None and values.nbytes != read.nbytes:
        raise CorruptModel(f"{values.nbytes} bytes for a tensor of shape {shape}; it is damaged")
    return read
