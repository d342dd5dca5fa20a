"""Quantizes a converted float file to int8 activations and weights."""

from collections.abc import Sequence

from tensorflow import int8
from tensorflow.lite.python.convert import mlir_quantize

from litedenoise_sdk.model.operators import operator_codes
from litedenoise_sdk.model.packing import Fields, pack, unpack
from litedenoise_sdk.model.schema import OPERATORS
from models.quantization.int8_ranges import RESIDUAL_RANGE, ActivationRanges

_PIXELS = (0.0, 1.0)
_COPIES = ("CONCATENATION", "RESIZE_NEAREST_NEIGHBOR")


def quantize_int8(content: bytes, ranges: ActivationRanges) -> bytes:
    """The int8 file of a float one; both ends count in 1/255 of the range [0, 1].

    They are bytes of a photo, shifted by 128: the last addition saturates where the float network
    clamps, without an operator for it.

    Args:
        content: a float TensorFlow Lite file of the network without its clamp.
        ranges: of all its convolutions and additions before a ReLU.

    Raises:
        ValueError: these are the ranges of another network, or ranges that differ are concatenated.
    """
    model = unpack(content)
    _give_ranges(model, ranges)
    quantized: bytes = mlir_quantize(pack(model), input_data_type=int8, output_data_type=int8)
    return quantized


def ranges_of(content: bytes, names: Sequence[str]) -> ActivationRanges:
    """The ranges that an int8 file of ``quantize_int8`` was given; the residual's is that of now.

    Args:
        content: the file.
        names: of its layers with a range, as ``int8_ranges`` lists them.
    """
    model = unpack(content)
    graph = model["subgraphs"][0]
    ranged = [one for one in graph["operators"][:-1] if not _copies(model, one)]
    outputs = [graph["tensors"][int(operator["outputs"][0])]["quantization"] for operator in ranged]
    steps = [(float(output["scale"][0]), int(output["zero_point"][0])) for output in outputs]
    ranges = [((-128 - zero) * step, (127 - zero) * step) for step, zero in steps]
    return dict(zip(names, ranges, strict=True)) | {names[-1]: RESIDUAL_RANGE}


def _give_ranges(model: Fields, ranges: ActivationRanges) -> None:
    graph = model["subgraphs"][0]
    *inner, last = graph["operators"]
    ranged = [operator for operator in inner if not _copies(model, operator)]
    if len(ranged) != len(ranges):
        raise ValueError(f"expected ranges of {len(ranged)} layers, got {len(ranges)}")
    of_tensor = {int(graph["inputs"][0]): _PIXELS, int(last["outputs"][0]): _PIXELS}
    remaining = iter(ranges.values())
    for operator in inner:
        if _copies(model, operator):
            copied = {of_tensor[int(one)] for one in operator["inputs"] if int(one) in of_tensor}
            if len(copied) > 1:
                raise ValueError(f"expected one range for all of a concatenation, got {copied}; "
                                 "see match_concatenated in equalization.py")  # fmt: skip
            (found,) = copied
        else:
            low, high = next(remaining)
            # XNNPACK takes no empty range; where nothing but zeros comes, any other will do.
            found = (low, high if high > low else low + 1.0)
        of_tensor[int(operator["outputs"][0])] = found
    for tensor, (low, high) in of_tensor.items():
        graph["tensors"][tensor]["quantization"] = {"min": [low], "max": [high]}


def _copies(model: Fields, operator: Fields) -> bool:
    """Whether the operator only passes values on, in their own codes."""
    return OPERATORS.get(operator_codes(model)[operator["opcode_index"]]) in _COPIES
