"""Reads the operators of a TensorFlow Lite file, with the options that this family has."""

from collections.abc import Sequence

from litedenoise_sdk.errors import CorruptModel
from litedenoise_sdk.model.graph import Operator
from litedenoise_sdk.model.packing import Fields
from litedenoise_sdk.model.schema import (
    ACTIVATION_NONE,
    ACTIVATION_RELU6,
    NO_OPTIONS,
    OPERATORS,
    OPTIONS,
    PADDING_SAME,
)

_OPTIONS = {
    "ADD": "AddOptions",
    "CONCATENATION": "ConcatenationOptions",
    "CONV_2D": "Conv2DOptions",
    "DEQUANTIZE": "DequantizeOptions",
    "MINIMUM": "MaximumMinimumOptions",
    "RESIZE_NEAREST_NEIGHBOR": "ResizeNearestNeighborOptions",
}
"""Which options each operator takes."""

_CHANNELS_LAST = 3


def operator_codes(model: Fields) -> list[int]:
    """The number that TensorFlow Lite's schema has for each operator code that a model lists."""
    return [
        # Codes below 127 were once a single byte, and files still carry both.
        max(listed["builtin_code"], listed["deprecated_builtin_code"])
        for listed in model["operator_codes"] or ()
    ]


def operator_names(model: Fields) -> list[str]:
    """The schema's name of each operator code that a model lists.

    Raises:
        CorruptModel: one that networks of this family do not have.
    """
    codes = operator_codes(model)
    for code in codes:
        if code not in OPERATORS:
            raise CorruptModel(
                f"expected a network of {', '.join(_OPTIONS)}; got one with {_foreign(code)}"
            )
    return [OPERATORS[code] for code in codes]


def read_operator(operator: Fields, names: Sequence[str]) -> Operator:
    """Reads an operator and its options.

    Args:
        names: what ``operator_names`` gave.

    Raises:
        CorruptModel: options of another kind, or with values that this family does not have.
    """
    name = names[operator["opcode_index"]]
    options = _read_options(operator, name)
    stride = 1
    if name == "CONV_2D":
        if options is None:
            raise CorruptModel("expected a convolution's options; the model is damaged")
        stride = options["stride_h"]
        if (
            options["padding"] != PADDING_SAME
            or options["stride_w"] != stride
            or (options["dilation_h_factor"], options["dilation_w_factor"]) != (1, 1)
            or not _is_clipped(options)
        ):
            raise CorruptModel("expected convolutions with SAME padding, square, not dilated")
    elif options is not None:
        _check_options(name, options)
    return Operator(
        name, tuple(operator["inputs"].tolist()), tuple(operator["outputs"].tolist()), stride
    )


def _foreign(code: int) -> str:
    """The schema's name of an operator that only other networks have."""
    from ai_edge_litert.schema_py_generated import BuiltinOperator

    names = (name for name, number in vars(BuiltinOperator).items() if number == code)
    return next(names, f"operator {code}")


def _read_options(operator: Fields, name: str) -> Fields | None:
    """An operator's options of the kind that it takes; None where it has none."""
    kind = operator["builtin_options_type"]
    if kind == NO_OPTIONS:
        return None
    if OPTIONS.get(kind) != _OPTIONS[name]:
        raise CorruptModel(f"{name}: expected {_OPTIONS[name]}, got options of kind {kind}")
    options: Fields | None = operator["builtin_options"]
    return options


def _check_options(name: str, options: Fields) -> None:
    if name == "RESIZE_NEAREST_NEIGHBOR" and options["align_corners"]:
        raise CorruptModel("expected nearest resizes that repeat pixels, not aligned corners")
    if name == "CONCATENATION" and (
        options["axis"] not in (_CHANNELS_LAST, -1)
        or options["fused_activation_function"] != ACTIVATION_NONE
    ):
        raise CorruptModel(f"expected channels to be joined, got an axis of {options['axis']}")
    if name == "ADD" and not _is_clipped(options):
        raise CorruptModel("expected sums with a ReLU or none; the model is damaged")


def _is_clipped(options: Fields) -> bool:
    """Whether what follows the operator is a ReLU of some kind, or nothing."""
    return bool(ACTIVATION_NONE <= options["fused_activation_function"] <= ACTIVATION_RELU6)
