"""Cuts the network at its finest resolutions, so that each part can have a block of its own.

A U-shaped network spends most of its memory at full and half resolution, and most of its work
above an eighth, where it needs least context: a few convolutions before the next halving and a few
after the doubling back. Run in tiles, they take a fraction of that memory, repeat little, and leave
out what is not needed. What lies deeper runs on the whole block.

    heads[0]   picture -> skip 0
    heads[1]     skip 0 -> skip 1, at half resolution
    heads[2]       skip 1 -> skip 2, at a quarter
    middle           skip 2 -> deep 2, at an eighth
    tails[2]       skip 2, deep 2 -> deep 1
    tails[1]     skip 1, deep 1 -> deep 0
    tails[0]   picture, skip 0, deep 0 -> result
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from litedenoise_sdk.errors import CorruptModel
from litedenoise_sdk.model.flatbuffer import FILE_IDENTIFIER
from litedenoise_sdk.model.graph import Graph, Operator

_LEVELS = 3
"""Resolutions that run in tiles. Below a quarter little work and memory is left to save."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of a network's operators.

    Attributes:
        operators: indices into the network's operators, in the order in which they run.
        inputs, outputs: indices of the tensors that come in and go out.
        reach_px: how far its convolutions look beyond an output pixel, in pixels of its level; of
            no use for the middle.
    """

    operators: tuple[int, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    reach_px: int


@dataclass(frozen=True, slots=True)
class Stages:
    """The parts of a network: heads and tails by level, full resolution first."""

    heads: tuple[Stage, ...]
    middle: Stage
    tails: tuple[Stage, ...]

    @property
    def all(self) -> tuple[Stage, ...]:
        """In the order in which they run."""
        return (*self.heads, self.middle, *reversed(self.tails))


def find_stages(graph: Graph) -> Stages:
    """Where the network is cut: before its first halvings, and before its last doublings.

    Raises:
        CorruptModel: it neither halves nor doubles, or more than the skips crosses the cuts.
    """
    operators = graph.operators
    spatial = [i for i, op in enumerate(operators) if graph.tensors[op.outputs[0]].spatial]
    halvings = [i for i in spatial if operators[i].stride > 1]
    doublings = [i for i in spatial if operators[i].name == "RESIZE_NEAREST_NEIGHBOR"]
    levels = min(_LEVELS, len(halvings), len(doublings))
    if levels == 0:
        raise CorruptModel("expected a network that halves the picture and doubles it again")
    down, up = halvings[:levels], doublings[::-1][:levels]
    skips = [operators[i].inputs[0] for i in down]
    deeps = [operators[i].inputs[0] for i in up]

    def stage(first: int, stop: int, inputs: tuple[int, ...], output: int) -> Stage:
        return _stage(graph, [i for i in spatial if first <= i < stop], inputs, output)

    stages = Stages(
        heads=tuple(
            stage(first, stop, (source,), skip)
            for first, stop, source, skip in zip(
                (0, *down), down, (graph.input, *skips), skips, strict=False
            )
        ),
        middle=stage(down[-1], up[-1], (skips[-1],), deeps[-1]),
        tails=tuple(
            stage(first, stop, (*picture, skip, deep), result)
            for first, stop, picture, skip, deep, result in zip(
                up,
                (len(operators), *up),
                ((graph.input,), *[()] * levels),
                skips,
                deeps,
                (graph.output, *deeps),
                strict=False,
            )
        ),
    )
    for one in stages.all:
        known = {*one.inputs, *(t for i in one.operators for t in operators[i].outputs)}
        needed = {t for i in one.operators for t in operators[i].inputs}
        if any(graph.tensors[t].spatial for t in needed - known):
            raise CorruptModel("expected one skip at each resolution that is cut off")
    return stages


def part(graph: Graph, stage: Stage) -> Graph:
    """The stage as a graph of its own, over the same tensors."""
    operators = tuple(graph.operators[index] for index in stage.operators)
    return Graph(graph.tensors, operators, stage.inputs[0], stage.outputs[0])


def cut(content: bytes, stage: Stage) -> bytes:
    """The stage as a .tflite file of its own; its inputs and outputs are in the stage's order.

    Args:
        content: the file of the network that ``stage`` was found in, retiled or not.
    """
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    model: Any = schema.ModelT.InitFromPackedBuf(content, 0)
    subgraph = model.subgraphs[0]
    subgraph.operators = [subgraph.operators[index] for index in stage.operators]
    kept = sorted(
        {
            *stage.inputs,
            *stage.outputs,
            *(
                int(tensor)
                for operator in subgraph.operators
                for tensor in (*operator.inputs, *operator.outputs)
            ),
        }
    )
    renumbered = {old: new for new, old in enumerate(kept)}

    def numbers(tensors: Any) -> Any:
        return np.array([renumbered[int(tensor)] for tensor in tensors], np.int32)

    for operator in subgraph.operators:
        operator.inputs = numbers(operator.inputs)
        operator.outputs = numbers(operator.outputs)
    subgraph.inputs, subgraph.outputs = numbers(stage.inputs), numbers(stage.outputs)
    subgraph.tensors = [subgraph.tensors[index] for index in kept]
    # Buffer 0 is the empty one by convention; the weights of the other stages are left behind.
    buffers = [model.buffers[0]]
    for tensor in subgraph.tensors:
        buffer = model.buffers[tensor.buffer]
        if buffer.data is None:
            tensor.buffer = 0
        else:
            tensor.buffer = len(buffers)
            buffers.append(buffer)
    model.buffers = buffers
    model.metadata = model.metadataBuffer = model.signatureDefs = None
    builder = flatbuffers.Builder(len(content))
    builder.Finish(model.Pack(builder), FILE_IDENTIFIER)
    return bytes(builder.Output())


def _stage(graph: Graph, spatial: list[int], inputs: tuple[int, ...], output: int) -> Stage:
    """The spatial operators together with those that unpack their weights."""
    needed = {tensor for index in spatial for tensor in graph.operators[index].inputs}
    unpacking = [
        index
        for index, operator in enumerate(graph.operators)
        if operator.outputs[0] in needed and not graph.tensors[operator.outputs[0]].spatial
    ]
    operators = tuple(sorted({*spatial, *unpacking}))
    reach_px = sum(_reach_px(graph, graph.operators[index]) for index in spatial)
    return Stage(operators, inputs, (output,), reach_px)


def _reach_px(graph: Graph, operator: Operator) -> int:
    if operator.name != "CONV_2D":
        return 0
    return graph.tensors[operator.inputs[1]].shape[1] // 2
