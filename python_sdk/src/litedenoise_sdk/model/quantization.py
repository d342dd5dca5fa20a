"""Checks number formats and quantization before LiteRT computes with them: what does not fit can
end the whole process there."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

from litedenoise_sdk.errors import CorruptModel
from litedenoise_sdk.model.graph import Graph
from litedenoise_sdk.model.packing import Fields

_SCALES = (1e-20, 1e6)
"""Steps of real networks lie between 1e-14 (biases of int16x8) and 100."""

_ZERO_POINTS: Mapping[str, tuple[int, int]] = {"INT8": (-128, 127), "INT16": (0, 0)}
"""Of activations."""

_CONVOLUTIONS: frozenset[tuple[str, str, str]] = frozenset(
    {
        ("FLOAT32", "FLOAT32", "FLOAT32"),
        ("INT8", "INT8", "INT32"),
        ("INT16", "INT8", "INT64"),
        ("INT16", "INT8", "INT32"),
    }
)
"""Number formats of activations, weights and bias."""

_ADD_BITS: Mapping[str, int] = {"INT8": 20, "INT16": 15}
"""By how many bits LiteRT shifts the terms of a sum (``kernels/add.cc``)."""


class Tensor(Protocol):
    """What has to be known of a tensor; its type is a number format as the schema names it."""

    @property
    def shape(self) -> tuple[int, ...]: ...

    @property
    def type(self) -> str: ...

    @property
    def constant(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Quantization:
    """Steps of a tensor: none, one, or one for each place along ``dimension``."""

    scales: tuple[float, ...] = ()
    zero_points: tuple[int, ...] = ()
    dimension: int = 0

    @classmethod
    def of(cls, tensor: Fields) -> Self:
        """Reads it from a tensor of a file."""
        found = tensor["quantization"]
        if found is None or found["scale"] is None:
            return cls()
        return cls(
            tuple(found["scale"].tolist()),
            () if found["zero_point"] is None else tuple(found["zero_point"].tolist()),
            found["quantized_dimension"],
        )

    @property
    def whole(self) -> tuple[float | None, int | None]:
        """Scale and zero point of a tensor that has one of each."""
        if len(self.scales) != 1:
            return None, None
        return self.scales[0], self.zero_points[0] if self.zero_points else 0


def check_quantization(graph: Graph, quantizations: Sequence[Quantization]) -> None:
    """Checks every operator's number formats and steps.

    Args:
        graph: its wiring was checked.
        quantizations: of its tensors, in their order.

    Raises:
        CorruptModel: formats that no kernel takes together, or steps that are missing, too many,
            not positive, or contradict each other.
    """
    for operator in graph.operators:
        used = (*operator.inputs, *operator.outputs)
        tensors = [graph.tensors[index] for index in used]
        if not formats_fit(operator.name, tensors):
            raise CorruptModel(
                f"{operator.name}: the number formats {[tensor.type for tensor in tensors]} do not "
                "fit together; the model is damaged"
            )
        check_steps(operator.name, tensors, [quantizations[index] for index in used])


def formats_fit(operator: str, tensors: Sequence[Tensor]) -> bool:
    """Whether LiteRT computes an operator of this family with these number formats.

    Args:
        operator: its name in the schema.
        tensors: its inputs and its output.
    """
    first, *others, output = tensors
    if operator == "DEQUANTIZE":
        return (first.type, output.type) == ("FLOAT16", "FLOAT32")
    if first.type not in ("FLOAT32", "INT8", "INT16") or output.type != first.type:
        return False
    if operator == "CONV_2D":
        if len(others) != 2:
            return False
        weights, bias = others
        constant = weights.constant and bias.constant
        return (first.type, weights.type, bias.type) in _CONVOLUTIONS and (
            constant or first.type == "FLOAT32"
        )
    return operator == "RESIZE_NEAREST_NEIGHBOR" or all(
        other.type == first.type for other in others
    )


def check_steps(
    operator: str, tensors: Sequence[Tensor], quantizations: Sequence[Quantization]
) -> None:
    """Checks the steps of an operator whose number formats fit.

    Args:
        operator: its name in the schema.
        tensors: its inputs and its output.
        quantizations: of each of them.

    Raises:
        CorruptModel: steps that are missing, too many, not positive, or contradict each other.
    """
    fits = all(map(_steps_fit, tensors, quantizations))
    if fits and operator == "CONV_2D" and tensors[0].type != "FLOAT32":
        fits = _convolution_fits(tensors, quantizations)
    if fits and operator == "ADD" and tensors[0].type != "FLOAT32":
        fits = _sum_fits(tensors, quantizations)
    if not fits:
        raise CorruptModel(
            f"{operator}: the scales and zero points of {[tensor.type for tensor in tensors]} do "
            "not fit together; the model is damaged"
        )


def _steps_fit(tensor: Tensor, steps: Quantization) -> bool:
    """What holds for each tensor alone; those in float, and lists of sizes, need no steps."""
    if not steps.scales:
        return tensor.type not in ("INT8", "INT16")
    if len(steps.scales) > 1 and (
        not 0 <= steps.dimension < len(tensor.shape)
        or len(steps.scales) != tensor.shape[steps.dimension]
    ):
        return False
    low, high = _SCALES
    return len(steps.zero_points) in (0, len(steps.scales)) and all(
        math.isfinite(scale) and low < scale < high for scale in steps.scales
    )


def _is_activation(tensor: Tensor, steps: Quantization) -> bool:
    low, high = _ZERO_POINTS[tensor.type]
    scale, zero_point = steps.whole
    return scale is not None and zero_point is not None and low <= zero_point <= high


def _convolution_fits(tensors: Sequence[Tensor], steps: Sequence[Quantization]) -> bool:
    source, weights, bias, result = steps
    channels = tensors[1].shape[0]
    if not (_is_activation(tensors[0], source) and _is_activation(tensors[3], result)):
        return False
    along_output = len(weights.scales) == 1 or weights.dimension == 0
    counts_fit = len(weights.scales) in (1, channels) and len(bias.scales) in (
        1,
        len(weights.scales),
    )
    if not (along_output and counts_fit) or any((*weights.zero_points, *bias.zero_points)):
        return False
    biases = bias.scales * (len(weights.scales) // len(bias.scales))
    return all(
        # As LiteRT asks for it (kernels/kernel_util.cc).
        abs(source.scales[0] * weight - step) <= 0.02 * result.scales[0]
        for weight, step in zip(weights.scales, biases, strict=True)
    )


def _sum_fits(tensors: Sequence[Tensor], steps: Sequence[Quantization]) -> bool:
    if not all(_is_activation(*pair) for pair in zip(tensors, steps, strict=True)):
        return False
    first, second, result = (step.scales[0] for step in steps)
    return bool(2 * max(first, second) < result * 2 ** _ADD_BITS[tensors[0].type])
