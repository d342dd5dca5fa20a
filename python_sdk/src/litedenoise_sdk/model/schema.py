"""The tables of TensorFlow Lite files, field by field, as far as the SDK has to do with them.

Names, order and defaults are those of TensorFlow Lite's ``schema.fbs``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from struct import Struct
from types import MappingProxyType

from litedenoise_sdk.model.graph import TensorType

FILE_IDENTIFIER = b"TFL3"

OPERATORS: Mapping[int, str] = MappingProxyType(
    {
        3: "CONV_2D",
        0: "ADD",
        2: "CONCATENATION",
        6: "DEQUANTIZE",
        57: "MINIMUM",
        97: "RESIZE_NEAREST_NEIGHBOR",
    }
)
"""What networks of this family are made of, by code. Only fp16 files hold DEQUANTIZE, of their
weights."""

OPTIONS: Mapping[int, str] = MappingProxyType(
    {
        1: "Conv2DOptions",
        11: "AddOptions",
        10: "ConcatenationOptions",
        38: "DequantizeOptions",
        39: "MaximumMinimumOptions",
        74: "ResizeNearestNeighborOptions",
    }
)
"""Tables of operators' options, by kind."""

NO_OPTIONS = 0

TENSOR_TYPES: Mapping[int, TensorType] = MappingProxyType(
    {0: "FLOAT32", 1: "FLOAT16", 4: "INT64", 2: "INT32", 7: "INT16", 9: "INT8"}
)
"""Number formats of tensors, by code."""

PADDING_SAME, PADDING_VALID = 0, 1

ACTIVATION_NONE, ACTIVATION_RELU, ACTIVATION_RELU6 = 0, 1, 3
"""Between them lies one more that is clipped."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number inside a table.

    Attributes:
        form: as in ``struct``.
        default: what it is where a table does not say.
    """

    form: str
    default: int = 0
    layout: Struct = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "layout", Struct(f"<{self.form}"))


@dataclass(frozen=True, slots=True)
class Numbers:
    """A vector of numbers of this numpy dtype."""

    dtype: str


@dataclass(frozen=True, slots=True)
class Text:
    """Letters, or bytes that only their operator understands."""


@dataclass(frozen=True, slots=True)
class Constant:
    """The bytes of a buffer."""


@dataclass(frozen=True, slots=True)
class Table:
    """Another table, of this name."""

    name: str


@dataclass(frozen=True, slots=True)
class Tables:
    """A vector of tables of this name."""

    name: str


@dataclass(frozen=True, slots=True)
class Options:
    """A table whose kind the field ``builtin_options_type`` tells."""


@dataclass(frozen=True, slots=True)
class Unread:
    """What the SDK never looks into: of interest only in that it is there."""


Field = Number | Numbers | Text | Constant | Table | Tables | Options | Unread

_BYTE, _UBYTE, _INT, _UINT, _LONG = (Number(form) for form in "bBiIQ")
_INTS = Numbers("<i4")

SCHEMA: Mapping[str, Mapping[str, Field]] = {
    "Model": {
        "version": _UINT,
        "operator_codes": Tables("OperatorCode"),
        "subgraphs": Tables("SubGraph"),
        "description": Text(),
        "buffers": Tables("Buffer"),
        "metadata_buffer": _INTS,
        "metadata": Tables("Metadata"),
        "signature_defs": Tables("SignatureDef"),
    },
    "OperatorCode": {
        "deprecated_builtin_code": _BYTE,
        "custom_code": Text(),
        "version": Number("i", 1),
        "builtin_code": _INT,
    },
    "SubGraph": {
        "tensors": Tables("Tensor"),
        "inputs": _INTS,
        "outputs": _INTS,
        "operators": Tables("Operator"),
        "name": Text(),
        "debug_metadata_index": Number("i", -1),
    },
    "Tensor": {
        "shape": _INTS,
        "type": _BYTE,
        "buffer": _UINT,
        "name": Text(),
        "quantization": Table("QuantizationParameters"),
        "is_variable": _UBYTE,
        "sparsity": Unread(),
        "shape_signature": _INTS,
        "has_rank": _UBYTE,
        "variant_tensors": Unread(),
        "external_buffer": _UINT,
    },
    "QuantizationParameters": {
        "min": Numbers("<f4"),
        "max": Numbers("<f4"),
        "scale": Numbers("<f4"),
        "zero_point": Numbers("<i8"),
        "details_type": _UBYTE,
        "details": Unread(),
        "quantized_dimension": _INT,
    },
    "Operator": {
        "opcode_index": _UINT,
        "inputs": _INTS,
        "outputs": _INTS,
        "builtin_options_type": _UBYTE,
        "builtin_options": Options(),
        "custom_options": Text(),
        "custom_options_format": _BYTE,
        "mutating_variable_inputs": Text(),
        "intermediates": _INTS,
        "large_custom_options_offset": _LONG,
        "large_custom_options_size": _LONG,
        "builtin_options_2_type": _UBYTE,
        "builtin_options_2": Unread(),
        "debug_metadata_index": Number("i", -1),
    },
    "Buffer": {"data": Constant(), "offset": _LONG, "size": _LONG},
    "Metadata": {"name": Text(), "buffer": _UINT},
    "SignatureDef": {
        "inputs": Tables("TensorMap"),
        "outputs": Tables("TensorMap"),
        "signature_key": Text(),
        "deprecated_tag": Unread(),
        "subgraph_index": _UINT,
    },
    "TensorMap": {"name": Text(), "tensor_index": _UINT},
    "AddOptions": {"fused_activation_function": _BYTE, "pot_scale_int16": Number("B", 1)},
    "ConcatenationOptions": {"axis": _INT, "fused_activation_function": _BYTE},
    "Conv2DOptions": {
        "padding": _BYTE,
        "stride_w": _INT,
        "stride_h": _INT,
        "fused_activation_function": _BYTE,
        "dilation_w_factor": Number("i", 1),
        "dilation_h_factor": Number("i", 1),
        "quantized_bias_type": _BYTE,
    },
    "DequantizeOptions": {},
    "MaximumMinimumOptions": {},
    "ResizeNearestNeighborOptions": {"align_corners": _UBYTE, "half_pixel_centers": _UBYTE},
}
"""The fields of each table, in the order of their identifiers; later ones are of newer schemas."""
