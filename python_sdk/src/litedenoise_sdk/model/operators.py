"""Reads the operators of a TensorFlow Lite file, with the options that this family has."""

from typing import Any

from litedenoise_sdk.errors import CorruptModel
from litedenoise_sdk.model.graph import Operator

OPERATORS = {
    "ADD": "AddOptions",
    "CONCATENATION": "ConcatenationOptions",
    "CONV_2D": "Conv2DOptions",
    "DEQUANTIZE": "DequantizeOptions",
    "MINIMUM": "MaximumMinimumOptions",
    "RESIZE_NEAREST_NEIGHBOR": "ResizeNearestNeighborOptions",
}
"""What the networks are made of, and the schema's name for its options. Only fp16 files hold
DEQUANTIZE, of their weights."""

_CHANNELS_LAST = 3


def operator_names(model: Any) -> list[str]:
    """The schema's name of each operator code that a model lists.

    Raises:
        CorruptModel: one that networks of this family do not have.
    """
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


def read_operator(operator: Any, names: list[str]) -> Operator:
    """Reads an operator and its options.

    Args:
        operator: the schema's accessor.
        names: what ``operator_names`` gave.

    Raises:
        CorruptModel: options of another kind, or with values that this family does not have.
    """
    name = names[operator.OpcodeIndex()]
    options = _read_options(operator, name)
    stride = 1
    if name == "CONV_2D":
        from ai_edge_litert.schema_py_generated import ActivationFunctionType, Padding

        if options is None:
            raise CorruptModel("expected a convolution's options; the model is damaged")
        stride = options.StrideH()
        if (
            options.Padding() != Padding.SAME
            or options.StrideW() != stride
            or (options.DilationHFactor(), options.DilationWFactor()) != (1, 1)
            or not 0 <= options.FusedActivationFunction() <= ActivationFunctionType.RELU6
        ):
            raise CorruptModel("expected convolutions with SAME padding, square, not dilated")
    elif options is not None:
        _check_options(name, options)
    return Operator(
        name,
        tuple(operator.InputsAsNumpy().tolist()),
        tuple(operator.OutputsAsNumpy().tolist()),
        stride,
    )


def _read_options(operator: Any, name: str) -> Any:
    """An operator's options of the kind that it takes; None where it has none."""
    from ai_edge_litert import schema_py_generated as schema

    kind, table = operator.BuiltinOptionsType(), operator.BuiltinOptions()
    if kind == schema.BuiltinOptions.NONE or table is None:
        return None
    if kind != getattr(schema.BuiltinOptions, OPERATORS[name]):
        raise CorruptModel(f"{name}: expected {OPERATORS[name]}, got options of kind {kind}")
    options = getattr(schema, OPERATORS[name])()
    options.Init(table.Bytes, table.Pos)
    return options


def _check_options(name: str, options: Any) -> None:
    from ai_edge_litert.schema_py_generated import ActivationFunctionType

    if name == "RESIZE_NEAREST_NEIGHBOR" and options.AlignCorners():
        raise CorruptModel("expected nearest resizes that repeat pixels, not aligned corners")
    if name == "CONCATENATION" and (
        options.Axis() not in (_CHANNELS_LAST, -1)
        or options.FusedActivationFunction() != ActivationFunctionType.NONE
    ):
        raise CorruptModel(f"expected channels to be joined, got an axis of {options.Axis()}")
    if name == "ADD" and not (
        0 <= options.FusedActivationFunction() <= ActivationFunctionType.RELU6
    ):
        raise CorruptModel("expected sums with a ReLU or none; the model is damaged")
