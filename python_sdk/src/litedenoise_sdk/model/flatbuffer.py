"""Reads a TensorFlow Lite file into a ``Graph``, trusting nothing in it.

Every file goes through here before native code sees it, so that a bad one gets a clear error. Only
this family of networks is accepted: one picture in, one picture out, and the operators below.
"""

import struct
from typing import Any, get_args

from litedenoise_sdk.errors import CorruptModel
from litedenoise_sdk.model.graph import Graph, Operator, Tensor, TensorType
from litedenoise_sdk.model.wiring import check_wiring

FILE_IDENTIFIER = b"TFL3"
OPERATORS = (
    "ADD",
    "CONCATENATION",
    "CONV_2D",
    "DEQUANTIZE",
    "MINIMUM",
    "RESIZE_NEAREST_NEIGHBOR",
)
"""What the networks are made of; only fp16 files hold DEQUANTIZE, of their weights."""

_MOST_ITEMS = 4096
"""More tensors, operators or buffers than any network of this family has."""

_DAMAGE = (
    struct.error,
    AttributeError,
    IndexError,
    MemoryError,
    OverflowError,
    TypeError,
    ValueError,
)
"""What the schema's accessors raise where offsets, counts or optional parts are not right."""


def read_graph(content: bytes) -> Graph:
    """Reads the network that ``content``, the bytes of a .tflite file, holds.

    Raises:
        CorruptModel: empty, truncated, not a TensorFlow Lite file, or another kind of network.
    """
    if content[4:8] != FILE_IDENTIFIER:
        raise CorruptModel(
            f"expected a TensorFlow Lite file, got {len(content)} bytes without its mark "
            f"{FILE_IDENTIFIER.decode()}; fetch the model again"
        )
    try:
        graph = _read(content)
    except _DAMAGE as error:
        raise CorruptModel(
            "expected a whole TensorFlow Lite file, got one that is truncated or damaged; "
            "fetch the model again"
        ) from error
    check_wiring(graph)
    return graph


def root(content: bytes | bytearray) -> Any:
    """The schema's accessor of the whole file. Its vectors are views into ``content``."""
    from ai_edge_litert import schema_py_generated as schema

    return schema.Model.GetRootAs(content, 0)


def _read(content: bytes) -> Graph:
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
            raise IndexError(f"{count} items")
    if subgraph.InputsLength() != 1 or subgraph.OutputsLength() != 1:
        raise CorruptModel(
            f"expected one picture in and one out, got {subgraph.InputsLength()} inputs and "
            f"{subgraph.OutputsLength()} outputs"
        )
    names = _operator_names(model)
    operators = tuple(
        _read_operator(subgraph.Operators(index), names)
        for index in range(subgraph.OperatorsLength())
    )
    constants = [_read_constant_bytes(model, index) for index in range(model.BuffersLength())]
    source = int(subgraph.Inputs(0))
    spatial = _spatial_tensors(operators, source)
    tensors = tuple(
        _read_tensor(subgraph.Tensors(index), constants, index in spatial)
        for index in range(subgraph.TensorsLength())
    )
    return Graph(tensors, operators, source, int(subgraph.Outputs(0)))


def _operator_names(model: Any) -> list[str]:
    from ai_edge_litert import schema_py_generated as schema

    codes = {code: name for name, code in vars(schema.BuiltinOperator).items()}
    names = []
    for index in range(model.OperatorCodesLength()):
        operator_code = model.OperatorCodes(index)
        # Codes below 127 were once a single byte, and files still carry both.
        code = max(operator_code.BuiltinCode(), operator_code.DeprecatedBuiltinCode())
        name = codes.get(code, f"operator {code}")
        if name not in OPERATORS:
            raise CorruptModel(f"expected a network of {', '.join(OPERATORS)}; got one with {name}")
        names.append(name)
    return names


def _read_operator(operator: Any, names: list[str]) -> Operator:
    from ai_edge_litert import schema_py_generated as schema

    name = names[operator.OpcodeIndex()]
    stride = 1
    table = operator.BuiltinOptions()
    if name == "RESIZE_NEAREST_NEIGHBOR":
        options = schema.ResizeNearestNeighborOptions()
        options.Init(table.Bytes, table.Pos)
        if options.AlignCorners():
            raise CorruptModel("expected nearest resizes that repeat pixels, not aligned corners")
    if name == "CONV_2D":
        options = schema.Conv2DOptions()
        options.Init(table.Bytes, table.Pos)
        stride = options.StrideH()
        if (
            options.Padding() != schema.Padding.SAME
            or options.StrideW() != stride
            or (options.DilationHFactor(), options.DilationWFactor()) != (1, 1)
        ):
            raise CorruptModel("expected convolutions with SAME padding, square, not dilated")
    return Operator(
        name,
        tuple(operator.InputsAsNumpy().tolist()),
        tuple(operator.OutputsAsNumpy().tolist()),
        stride,
    )


def _read_constant_bytes(model: Any, index: int) -> int:
    """How many bytes a buffer holds; reading it as an array checks that they are all there."""
    buffer = model.Buffers(index)
    return 0 if buffer.DataIsNone() else int(buffer.DataAsNumpy().nbytes)


def _spatial_tensors(operators: tuple[Operator, ...], source: int) -> set[int]:
    """What depends on the input picture; the outputs of weights' DEQUANTIZE do not."""
    spatial = {source}
    for operator in operators:
        if spatial.intersection(operator.inputs):
            spatial.update(operator.outputs)
    return spatial


def _read_tensor(tensor: Any, constants: list[int], spatial: bool) -> Tensor:
    from ai_edge_litert import schema_py_generated as schema

    types = {code: name for name, code in vars(schema.TensorType).items()}
    type_name: TensorType = types.get(tensor.Type(), "")
    if type_name not in get_args(TensorType):
        raise CorruptModel(
            f"expected tensors of {', '.join(get_args(TensorType))}, got {type_name}"
        )
    shape = () if tensor.ShapeIsNone() else tuple(tensor.ShapeAsNumpy().tolist())
    scale, zero_point = _read_quantization(tensor)
    held = constants[tensor.Buffer()]
    read = Tensor(shape, type_name, held > 0, spatial, scale, zero_point)
    if any(side < 1 for side in shape) or (held > 0 and held != read.nbytes):
        raise ValueError(f"{held} bytes for a tensor of shape {shape}")
    return read


def _read_quantization(tensor: Any) -> tuple[float | None, int | None]:
    quantization = tensor.Quantization()
    if quantization is None or quantization.ScaleLength() != 1:
        return None, None
    zero_point = quantization.ZeroPoint(0) if quantization.ZeroPointLength() else 0
    return float(quantization.Scale(0)), int(zero_point)
