"""Which range of each activation int8 spends its 256 codes on."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from numpy.typing import NDArray

ActivationRanges = dict[str, tuple[float, float]]
"""Lowest and highest value behind each layer whose output int8 keeps, by the layer's name, in the
order in which they run."""

SAMPLES_PER_PICTURE = 16_384
_FAINT_RESIDUAL_STD = 0.01
_SHARES = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.15, 0.1)


def narrow_before_relu(model: Any) -> None:
    """Leaves out what an addition's ReLU cuts off anyway; the result is the same.

    Where relu(a + b) is all that reads ``a``, values of ``a`` below -max(b) all give 0, so the
    range of ``a`` need not reach further down. Saturation in the convolution that makes ``a``
    does the rest. Training leaves such values by the thousand: the finest level's range shrinks
    to two fifths.

    Args:
        model: a calibrated file, unpacked.
    """
    graph = model.subgraphs[0]
    reads = [int(tensor) for operator in graph.operators for tensor in operator.inputs]
    for operator in graph.operators:
        if not _adds_before_relu(model, operator):
            continue
        first, second = (int(tensor) for tensor in operator.inputs)
        for narrowed, other in ((first, second), (second, first)):
            if reads.count(narrowed) == 1:
                own = graph.tensors[narrowed].quantization
                floor = -float(graph.tensors[other].quantization.max[0])
                own.min = [max(float(own.min[0]), min(floor, 0.0))]


def saturate_rare_values(
    model: Any, content: bytes, calibration: Sequence[NDArray[np.float32]]
) -> None:
    """Cuts each range to where the squared error of rounding and of cutting off is least.

    The largest of millions of activations are several times as large as nearly all others: with
    them in range, the many are rounded coarsely. Pictures with little noise count more, see
    ``faintness``. The residual's range stays.

    Args:
        model: a calibrated file, unpacked.
        content: the float file it was calibrated from.
        calibration: pictures (1, H, W, 3) float32 in [0, 1] of the file's size.
    """
    graph = model.subgraphs[0]
    *inner, _ = graph.operators  # the picture that comes out keeps its range
    samples = _activations(content, graph, [int(operator.outputs[0]) for operator in inner],
                           calibration)  # fmt: skip
    residual = int(inner[-1].outputs[0])
    weights = faintness(samples[residual])
    for operator in inner[:-1]:
        if _copies(model, operator):
            continue
        output = graph.tensors[int(operator.outputs[0])].quantization
        low, high = float(output.min[0]), float(output.max[0])
        low, high = best_range(samples[int(operator.outputs[0])], low, high, weights)
        output.min, output.max = [low], [high]
    _copy_ranges(model)


def take_ranges(model: Any, ranges: ActivationRanges) -> None:
    """Gives each activation the range that it was trained with.

    Args:
        model: a calibrated file, unpacked.
        ranges: of all its convolutions and additions before a ReLU.

    Raises:
        ValueError: these are the ranges of another network.
    """
    graph = model.subgraphs[0]
    ranged = [
        operator
        for operator in graph.operators
        if _code(model, operator) == schema.BuiltinOperator.CONV_2D
        or _adds_before_relu(model, operator)
    ]
    if len(ranged) != len(ranges):
        raise ValueError(f"expected ranges of {len(ranged)} layers, got {len(ranges)}")
    for operator, (low, high) in zip(ranged, ranges.values(), strict=True):
        output = graph.tensors[int(operator.outputs[0])].quantization
        # XNNPACK takes no empty range; where nothing but zeros comes, any other will do.
        output.min, output.max = [low], [high if high > low else low + 1.0]
    _copy_ranges(model)


def faintness(residuals: NDArray[np.float32]) -> NDArray[np.float32]:
    """A weight for each picture, (P, 1), by the strength of the noise that was found in it.

    As in the training's loss: what counts is the PSNR of each picture, and a step of rounding that
    is nothing beside heavy noise is most of what is left of faint noise.

    Args:
        residuals: (P, S) float32, some of what the network adds to each picture.
    """
    weights: NDArray[np.float32] = 1.0 / (
        np.mean(np.square(residuals), axis=1, keepdims=True) + _FAINT_RESIDUAL_STD**2
    )
    return weights / weights.mean()


def best_range(
    values: NDArray[np.float32], low: float, high: float, weights: NDArray[np.float32]
) -> tuple[float, float]:
    """The part of [low, high] that, cut into 256 codes, keeps ``values`` best.

    Values below ``low`` count as ``low``. Both ends move towards 0, which stays in the range.

    Args:
        values: (P, S) float32, of P pictures.
        low, high: the range that holds them all.
        weights: (P, 1), of each picture's squared error.
    """
    wanted = np.maximum(values, np.float32(low))

    def error(bounds: tuple[float, float]) -> float:
        step = np.float32((bounds[1] - bounds[0]) / 255)
        codes = np.clip(np.rint((wanted - np.float32(bounds[0])) / step), 0, 255)
        return float(np.mean(weights * np.square(codes * step + np.float32(bounds[0]) - wanted)))

    lows = {min(low, 0.0) * share for share in _SHARES}
    highs = {max(high, 0.0) * share for share in _SHARES}
    candidates = sorted((a, b) for a in lows for b in highs if b > a)
    return min(candidates, key=error, default=(low, high))


def _activations(
    content: bytes, graph: Any, tensors: list[int], calibration: Sequence[NDArray[np.float32]]
) -> dict[int, NDArray[np.float32]]:
    """Values that each tensor takes in each of P pictures, a random sample, (P, S) float32."""
    interpreter = Interpreter(
        model_content=content,
        num_threads=2,
        experimental_preserve_all_tensors=True,
        # XNNPACK would keep what lies inside the graph to itself.
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    interpreter.allocate_tensors()
    index_of = {detail["name"]: detail["index"] for detail in interpreter.get_tensor_details()}
    rng = np.random.default_rng(0)
    samples: dict[int, list[NDArray[np.float32]]] = {tensor: [] for tensor in tensors}
    for picture in calibration:
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], picture)
        interpreter.invoke()
        for tensor, taken in samples.items():
            values = interpreter.get_tensor(index_of[graph.tensors[tensor].name.decode()]).ravel()
            taken.append(values[rng.integers(values.size, size=SAMPLES_PER_PICTURE)])
    return {tensor: np.stack(taken) for tensor, taken in samples.items()}


def _copy_ranges(model: Any) -> None:
    """Gives what copies values the range of what it copies."""
    graph = model.subgraphs[0]
    for operator in graph.operators:
        if _copies(model, operator):
            inputs = [graph.tensors[int(tensor)].quantization for tensor in operator.inputs]
            ranged = [one for one in inputs if one is not None and one.min is not None]
            output = graph.tensors[int(operator.outputs[0])].quantization
            output.min = [min(float(one.min[0]) for one in ranged)]
            output.max = [max(float(one.max[0]) for one in ranged)]


def _copies(model: Any, operator: Any) -> bool:
    return _code(model, operator) in (
        schema.BuiltinOperator.CONCATENATION,
        schema.BuiltinOperator.RESIZE_NEAREST_NEIGHBOR,
    )


def _adds_before_relu(model: Any, operator: Any) -> bool:
    return (
        _code(model, operator) == schema.BuiltinOperator.ADD
        and operator.builtinOptions.fusedActivationFunction == schema.ActivationFunctionType.RELU
    )


def _code(model: Any, operator: Any) -> int:
    return int(model.operatorCodes[operator.opcodeIndex].builtinCode)
