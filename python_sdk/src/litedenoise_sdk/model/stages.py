"""Cuts the network in three, at full resolution and below, so that each can have its own block.

A U-shaped network spends most of its memory at full resolution, where it needs least context: a few
convolutions before the first halving and a few after the last doubling. Run in strips, they take a
fraction of that memory and repeat only a few rows. What lies between runs on the whole block.

    head    picture -> skip
    middle  skip -> deep, at half resolution
    tail    picture, skip, deep -> result
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from litedenoise_sdk.errors import CorruptModel
from litedenoise_sdk.model.flatbuffer import FILE_IDENTIFIER
from litedenoise_sdk.model.graph import Graph, Operator


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of a network's operators.

    Attributes:
        operators: indices into the network's operators, in the order in which they run.
        inputs, outputs: indices of the tensors that come in and go out.
        reach_px: how far its convolutions look beyond an output pixel; of no use for the middle.
    """

    operators: tuple[int, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    reach_px: int


@dataclass(frozen=True, slots=True)
class Stages:
    """The three parts of a network."""

    head: Stage
    middle: Stage
    tail: Stage


def find_stages(graph: Graph) -> Stages:
    """Where the network is cut: before its first halving, and before its last doubling.

    Raises:
        CorruptModel: it neither halves nor doubles, or more than the skip crosses the cuts.
    """
    spatial = [
        index
        for index, operator in enumerate(graph.operators)
        if graph.tensors[operator.outputs[0]].spatial
    ]
    operators = graph.operators
    halvings = [index for index in spatial if operators[index].stride > 1]
    doublings = [index for index in spatial if operators[index].name == "RESIZE_NEAREST_NEIGHBOR"]
    if not halvings or not doublings:
        raise CorruptModel("expected a network that halves the picture and doubles it again")
    first, last = halvings[0], doublings[-1]
    skip, deep = operators[first].inputs[0], operators[last].inputs[0]
    stages = Stages(
        _stage(graph, [i for i in spatial if i < first], (graph.input,), skip),
        _stage(graph, [i for i in spatial if first <= i < last], (skip,), deep),
        _stage(graph, [i for i in spatial if i >= last], (graph.input, skip, deep), graph.output),
    )
    for stage in (stages.head, stages.middle, stages.tail):
        known = {*stage.inputs, *(t for i in stage.operators for t in operators[i].outputs)}
        needed = {t for i in stage.operators for t in operators[i].inputs}
        if any(graph.tensors[t].spatial for t in needed - known):
            raise CorruptModel("expected one skip at full resolution between the network's ends")
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
