"""What keeps a network off a neural processor, or slows it down there."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from litedenoise_sdk.tools.lint.file import FileGraph, FileTensor
from litedenoise_sdk.tools.lint.layers import Layer

Rule = Literal["operator", "dynamic-shape", "rank", "transpose", "float-island", "on-chip-memory"]
Severity = Literal["error", "warning"]

NATIVE = frozenset(
    {
        "ADD",
        "AVERAGE_POOL_2D",
        "CONCATENATION",
        "CONV_2D",
        "DEPTHWISE_CONV_2D",
        "DEPTH_TO_SPACE",
        "DEQUANTIZE",
        "FULLY_CONNECTED",
        "HARD_SWISH",
        "LEAKY_RELU",
        "LOGISTIC",
        "MAXIMUM",
        "MAX_POOL_2D",
        "MEAN",
        "MINIMUM",
        "MUL",
        "PAD",
        "PRELU",
        "QUANTIZE",
        "RELU",
        "RELU6",
        "RELU_0_TO_1",
        "RELU_N1_TO_1",
        "RESHAPE",
        "RESIZE_BILINEAR",
        "RESIZE_NEAREST_NEIGHBOR",
        "SLICE",
        "SOFTMAX",
        "SPACE_TO_DEPTH",
        "SPLIT",
        "STRIDED_SLICE",
        "SUB",
        "TANH",
        "TRANSPOSE_CONV",
    }
)
"""What the compilers for Qualcomm, MediaTek, Samsung, Google Tensor and Intel all take."""

_REMEDIES = {
    "TILE": "replace by RESIZE_NEAREST_NEIGHBOR (Keras' UpSampling2D converts to TILE)",
    "GATHER": "slice with fixed bounds instead",
    "GATHER_ND": "slice with fixed bounds instead",
}
_MOST_DIMENSIONS = 4


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        rule: which rule it breaks.
        severity: errors keep operators off the processor; warnings cost time.
        message: what was found and what to do.
    """

    rule: Rule
    severity: Severity
    message: str


def findings(
    graph: FileGraph, layers: tuple[Layer, ...], on_chip_bytes: int
) -> tuple[Finding, ...]:
    """Everything wrong with ``graph``, errors first."""
    return (
        *_foreign_operators(graph),
        *_dynamic_shapes(graph),
        *_ranks(graph),
        *_transposes(graph),
        *_float_islands(graph),
        *_beyond_chip(layers, on_chip_bytes),
    )


def _foreign_operators(graph: FileGraph) -> Iterator[Finding]:
    counts = Counter(operator.name for operator in graph.operators)
    for name, count in sorted(counts.items()):
        if name not in NATIVE and name != "TRANSPOSE":
            remedy = _REMEDIES.get(name, "rebuild the layer of native operators")
            yield Finding(
                "operator",
                "error",
                f"{name} ({count}x) is not native to neural processors; {remedy}",
            )


def _dynamic_shapes(graph: FileGraph) -> Iterator[Finding]:
    named = [tensor.name for tensor in _all_activations(graph) if tensor.open]
    if named:
        yield Finding(
            "dynamic-shape",
            "error",
            f"{len(named)} tensors have sizes that are open until run time, first {named[0]!r}; "
            "export with a fixed batch of 1 and fixed height and width",
        )


def _ranks(graph: FileGraph) -> Iterator[Finding]:
    broken = [t for t in _all_activations(graph) if len(t.shape) > _MOST_DIMENSIONS]
    if broken:
        yield Finding(
            "rank",
            "error",
            f"{len(broken)} tensors have more than {_MOST_DIMENSIONS} dimensions, first "
            f"{broken[0].name!r} of shape {broken[0].shape}; nearest upsampling and pixel shuffles "
            "do so: use RESIZE_NEAREST_NEIGHBOR and DEPTH_TO_SPACE",
        )


def _transposes(graph: FileGraph) -> Iterator[Finding]:
    count = sum(operator.name == "TRANSPOSE" for operator in graph.operators)
    if count:
        yield Finding(
            "transpose",
            "error",
            f"TRANSPOSE ({count}x) moves whole activations through memory; a pixel shuffle should "
            "be DEPTH_TO_SPACE, and a network from ONNX should be converted to channels last",
        )


def _float_islands(graph: FileGraph) -> Iterator[Finding]:
    """Float activations inside a quantized graph; its ends may be float."""
    inner = [t for t in _all_activations(graph) if t.type in ("INT8", "INT16", "UINT8")]
    ends = {*graph.inputs, *graph.outputs}
    islands = sorted(
        {
            operator.name
            for operator in graph.operators
            for index in operator.outputs
            if index not in ends
            and "FLOAT" in graph.tensors[index].type
            and graph.activations(operator.inputs)
        }
    )
    if inner and islands:
        yield Finding(
            "float-island",
            "error",
            f"the graph is quantized, but {', '.join(islands)} compute in float between other "
            "layers; quantize the whole graph",
        )


def _beyond_chip(layers: tuple[Layer, ...], on_chip_bytes: int) -> Iterator[Finding]:
    beyond = [layer for layer in layers if layer.activation_bytes > on_chip_bytes]
    if beyond:
        worst = max(beyond, key=lambda layer: layer.activation_bytes)
        yield Finding(
            "on-chip-memory",
            "warning",
            f"{len(beyond)} of {len(layers)} layers read and write more than the "
            f"{on_chip_bytes / 1e6:.1f} MB on the chip, the most {worst.operator} with "
            f"{worst.activation_bytes / 1e6:.1f} MB; smaller blocks avoid the way to memory",
        )


def _all_activations(graph: FileGraph) -> list[FileTensor]:
    indices = dict.fromkeys(
        index for operator in graph.operators for index in (*operator.inputs, *operator.outputs)
    )
    return graph.activations((*graph.inputs, *(i for i in indices if i not in graph.inputs)))
