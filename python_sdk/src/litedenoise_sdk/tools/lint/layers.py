"""What every operator of a graph costs: multiplications, bytes, and how the two compare."""

import math
from dataclasses import dataclass

from litedenoise_sdk.tools.lint.file import FileGraph, FileOperator

_WEIGHT_PLACES = {
    "CONV_2D": (1, 2),
    "DEPTHWISE_CONV_2D": (1, 2),
    "FULLY_CONNECTED": (1, 2),
    "TRANSPOSE_CONV": (1, 3),
}
"""Which inputs of an operator are its weights and its bias."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One operator.

    Attributes:
        operator: its name in the schema.
        output: shape of what it writes.
        type: number format of what it writes.
        macs: multiplications with accumulation.
        weight_bytes: bytes of the constants that it reads.
        activation_bytes: bytes of the activations that it reads and writes.
    """

    operator: str
    output: tuple[int, ...]
    type: str
    macs: int
    weight_bytes: int
    activation_bytes: int

    @property
    def moved_bytes(self) -> int:
        """What goes over the memory bus where nothing stays on the chip."""
        return self.weight_bytes + self.activation_bytes

    @property
    def intensity(self) -> float:
        """Multiplications for each byte moved; low ones wait for memory."""
        return self.macs / self.moved_bytes if self.moved_bytes else 0.0


def layers(graph: FileGraph) -> tuple[Layer, ...]:
    """The graph's operators that compute with activations; unpacking of weights is left out."""
    computed = _computed(graph)
    return tuple(
        _layer(graph, operator, computed)
        for operator in graph.operators
        if computed.intersection(operator.outputs)
    )


def parameters(graph: FileGraph) -> int:
    """Weights and biases. Equal biases that share one tensor in the file count each time."""
    computed = _computed(graph)
    return sum(
        math.prod(graph.tensors[index].shape)
        for operator in graph.operators
        for place, index in enumerate(operator.inputs)
        if place in _WEIGHT_PLACES.get(operator.name, ()) and index >= 0 and index not in computed
    )


def activation_peak_bytes(graph: FileGraph) -> int:
    """Most bytes of activations alive at one time, none sharing memory with another."""
    computed = _computed(graph)
    last_use = {
        index: step
        for step, operator in enumerate(graph.operators)
        for index in (*operator.inputs, *operator.outputs)
    }
    last_use.update(dict.fromkeys(graph.outputs, len(graph.operators)))
    alive = set(graph.inputs)
    held = peak = sum(graph.tensors[index].nbytes for index in alive)
    for step, operator in enumerate(graph.operators):
        came = computed.intersection(operator.outputs) - alive
        alive |= came
        held += sum(graph.tensors[index].nbytes for index in came)
        peak = max(peak, held)
        went = {i for i in (*operator.inputs, *operator.outputs) if last_use[i] <= step} & alive
        alive -= went
        held -= sum(graph.tensors[index].nbytes for index in went)
    return peak


def _computed(graph: FileGraph) -> set[int]:
    """Tensors that depend on the graph's inputs."""
    computed = set(graph.inputs)
    for operator in graph.operators:
        if computed.intersection(operator.inputs):
            computed.update(operator.outputs)
    return computed


def _layer(graph: FileGraph, operator: FileOperator, computed: set[int]) -> Layer:
    used = {index for index in (*operator.inputs, *operator.outputs) if index >= 0}
    output = graph.tensors[operator.outputs[0]]
    return Layer(
        operator=operator.name,
        output=output.shape,
        type=output.type,
        macs=_macs(graph, operator),
        weight_bytes=sum(graph.tensors[index].nbytes for index in used - computed),
        activation_bytes=sum(graph.tensors[index].nbytes for index in used & computed),
    )


def _macs(graph: FileGraph, operator: FileOperator) -> int:
    """Of the operators that multiply with weights; all others count as none."""
    output = graph.tensors[operator.outputs[0]].shape
    if operator.name == "CONV_2D":
        return math.prod(graph.tensors[operator.inputs[1]].shape) * math.prod(output[:-1])
    if operator.name == "DEPTHWISE_CONV_2D":
        return math.prod(graph.tensors[operator.inputs[1]].shape[1:3]) * math.prod(output)
    if operator.name == "FULLY_CONNECTED":
        return math.prod(output) * graph.tensors[operator.inputs[1]].shape[-1]
    if operator.name == "TRANSPOSE_CONV":
        source = graph.tensors[operator.inputs[2]].shape
        return math.prod(graph.tensors[operator.inputs[1]].shape) * math.prod(source[:-1])
    return 0
