"""Reads a TensorFlow Lite file into a ``Graph``, trusting nothing in it.

Every file goes through here before native code sees it, so that a bad one gets a clear error. Only
this family of networks is accepted: one picture in, one picture out, and operators that it knows.
"""

from typing import Any, get_args

from litedenoise_sdk.errors import CorruptModel
from litedenoise_sdk.model.graph import Graph, Operator, Tensor, TensorType
from litedenoise_sdk.model.guard import guarded_model
from litedenoise_sdk.model.operators import operator_names, read_operator
from litedenoise_sdk.model.quantization import Quantization, check_quantization
from litedenoise_sdk.model.structure import check_structure
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
    check_structure(content)
    with guarded_model():
        graph, quantizations = _read(content)
        check_wiring(graph)
        check_quantization(graph, quantizations)
    return graph


def root(content: bytes | bytearray) -> Any:
    """The schema's accessor of the whole file. Its vectors are views into ``content``."""
    from ai_edge_litert import schema_py_generated as schema

    return schema.Model.GetRootAs(content, 0)


def _read(content: bytes) -> tuple[Graph, list[Quantization]]:
    from ai_edge_litert import schema_py_generated as schema

    model = root(content)
    if model.SubgraphsLength() != 1:
        raise CorruptModel(f"expected one graph in the model, got {model.SubgraphsLength()}")
    subgraph = model.Subgraphs(0)
    for count in (
        model.OperatorCodesLength(),
        model.BuffersLength(),
        subgraph.TensorsLength(),
        subgraph.OperatorsLength(),
    ):
        if not 0 < count <= _MOST_ITEMS:
            raise CorruptModel(f"expected 1 to {_MOST_ITEMS} of everything, got {count}")
    if subgraph.InputsLength() != 1 or subgraph.OutputsLength() != 1:
        raise CorruptModel(
            f"expected one picture in and one out, got {subgraph.InputsLength()} inputs and "
            f"{subgraph.OutputsLength()} outputs"
        )
    names = operator_names(model)
    operators = tuple(
        read_operator(subgraph.Operators(index), names)
        for index in range(subgraph.OperatorsLength())
    )
    buffers = [_read_buffer(model.Buffers(index)) for index in range(model.BuffersLength())]
    source = int(subgraph.Inputs(0))
    spatial = _spatial_tensors(operators, source)
    types = {code: name for name, code in vars(schema.TensorType).items()}
    accessors = [subgraph.Tensors(index) for index in range(subgraph.TensorsLength())]
    quantizations = [Quantization.of(tensor) for tensor in accessors]
    tensors = tuple(
        _read_tensor(tensor, types, buffers, index in spatial, quantizations[index])
        for index, tensor in enumerate(accessors)
    )
    if sum(tensor.nbytes for tensor in tensors if tensor.constant) > 4 * len(content):
        raise CorruptModel("expected a buffer for each constant; the model is damaged")
    _check_references(model, len(tensors))
    _check_resizes(operators, tensors, [buffers[tensor.Buffer()] for tensor in accessors])
    return Graph(tensors, operators, source, int(subgraph.Outputs(0))), quantizations


def _read_buffer(buffer: Any) -> Any:
    """The values that a buffer holds, as bytes in an array that is a view; None where it is empty.

    Values that lie behind the graph, as those of models beyond 2 GB do, are refused.
    """
    if buffer.Offset() > 1 or buffer.Size() > 1:
        raise CorruptModel("expected constants inside the graph, got some that lie behind it")
    return None if buffer.DataIsNone() or not buffer.DataLength() else buffer.DataAsNumpy()


def _check_references(model: Any, tensors: int) -> None:
    """What signatures and notes refer to has to be there, as LiteRT looks it up."""
    for index in range(model.MetadataLength()):
        if model.Metadata(index).Buffer() >= model.BuffersLength():
            raise CorruptModel("expected notes among the buffers; the model is damaged")
    for index in range(model.SignatureDefsLength()):
        signature = model.SignatureDefs(index)
        ends = [signature.Inputs(place) for place in range(signature.InputsLength())]
        ends += [signature.Outputs(place) for place in range(signature.OutputsLength())]
        if signature.SubgraphIndex() or any(end.TensorIndex() >= tensors for end in ends):
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
    tensor: Any,
    types: dict[int, Any],
    buffers: list[Any],
    spatial: bool,
    quantization: Quantization,
) -> Tensor:
    type_name: TensorType = types.get(tensor.Type(), "")
    if type_name not in get_args(TensorType):
        raise CorruptModel(
            f"expected tensors of {', '.join(get_args(TensorType))}, got {type_name}"
        )
    if tensor.IsVariable() or tensor.Sparsity() is not None or tensor.VariantTensorsLength():
        raise CorruptModel("expected dense tensors without state; the model is of another kind")
    shape = () if tensor.ShapeIsNone() else tuple(tensor.ShapeAsNumpy().tolist())
    values = buffers[tensor.Buffer()]
    read = Tensor(shape, type_name, values is not None, spatial, *quantization.whole)
    if any(side < 1 for side in shape) or read.nbytes > _MOST_TENSOR_BYTES:
        raise CorruptModel(f"expected a tensor of 1 byte to 64 GB, got one of shape {shape}")
    if values is not None and values.nbytes != read.nbytes:
        raise CorruptModel(f"{values.nbytes} bytes for a tensor of shape {shape}; it is damaged")
    return read
