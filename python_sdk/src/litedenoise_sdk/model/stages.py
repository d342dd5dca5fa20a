"""Cuts the network into stages, each of which looks only a few pixels around what it computes.

The whole of a U-shaped network looks far around a pixel; the convolutions between two changes of
resolution do not. So it is cut wherever the resolution changes. What a stage computes in tiles it
computes twice where they overlap; so it is cut once more behind the convolution that takes most of
the work, right after a doubling, and from a quarter on, where a few pixels are a large part of a
tile and what passes between stages is small, behind each convolution.

The first convolution of a stage is given the pixels around a tile, zeros beyond the photo's border,
and needs no overlap. The others pad with zeros themselves, as in the whole network; what they
compute near a tile's border is right only where that is the photo's border, too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.errors import CorruptModel
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.graph import Graph, Operator
from litedenoise_sdk.model.packing import Fields, pack, unpack
from litedenoise_sdk.model.schema import PADDING_VALID

Position = TypeVar("Position", int, NDArray[np.int64])

_Constants = dict[int, NDArray[np.uint8]]

_COARSE_LEVEL = 2
"""From this level on each convolution is a stage of its own."""


@dataclass(frozen=True, slots=True)
class Window:
    """What a stage reads of an input for the rows, or columns, that it computes.

    Attributes:
        stride: pixels of the first convolution's input for each of the stage's own.
        before_px, after_px: pixels of the first convolution's input beyond these.
        doubled: whether the stage doubles the input before anything else.
    """

    stride: int = 1
    before_px: int = 0
    after_px: int = 0
    doubled: bool = False

    def of(self, start: Position, stop: Position) -> tuple[Position, Position]:
        """The input's pixels for the output's; may lie outside of the photo. Arrays of positions
        give arrays."""
        first, end = start * self.stride - self.before_px, stop * self.stride + self.after_px
        return (first >> 1, end >> 1) if self.doubled else (first, end)


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of a network's operators.

    Attributes:
        operators: indices into the network's operators, in the order in which they run.
        inputs: indices of the tensors that come in, and what is read of them.
        output: index of the tensor that goes out.
        level: how often the resolution of the output was halved.
        overlap_px: how far from a tile's border what it computes is right, in pixels.
    """

    operators: tuple[int, ...]
    inputs: tuple[tuple[int, Window], ...]
    output: int
    level: int
    overlap_px: int


def find_stages(graph: Graph) -> tuple[Stage, ...]:
    """The network's stages, in the order in which they run.

    Raises:
        CorruptModel: the network cannot be cut like this.
    """
    groups: list[list[int]] = []
    for index, operator in enumerate(graph.operators):
        if not graph.tensors[operator.outputs[0]].spatial:
            continue
        if not groups or _begins_stage(graph, operator, groups[-1]):
            groups.append([])
        groups[-1].append(index)
    return tuple(_stage(graph, group) for group in groups)


def part(graph: Graph, stage: Stage) -> Graph:
    """The stage as a graph of its own, over the same tensors."""
    operators = tuple(graph.operators[index] for index in stage.operators)
    return Graph(graph.tensors, operators, stage.inputs[0][0], stage.output)


class Cutter:
    """Cuts a model file into stages, each for tiles of a size of its own."""

    def __init__(self, content: bytes, graph: Graph) -> None:
        """
        Args:
            content: the file that holds ``graph``.
        """
        self._graph = graph
        self._model = unpack(content)
        (self._subgraph,) = self._model["subgraphs"]

    def cut(self, stage: Stage, tile: Size) -> bytes:
        """The stage as a .tflite file of its own; its inputs are in the stage's order.

        Args:
            tile: height and width of the output.
        """
        operators = [self._graph.operators[index] for index in stage.operators]
        kept = sorted({tensor for op in operators for tensor in (*op.inputs, *op.outputs)})
        renumbered = {old: new for new, old in enumerate(kept)}

        def numbers(tensors: Iterable[int]) -> list[int]:
            return [renumbered[tensor] for tensor in tensors]

        sizes = _tile_sizes(self._graph, stage, tile)
        constants = self._constants(stage, kept, sizes)
        # Buffer 0 is the empty one by convention; the weights of other stages are left behind.
        buffers: list[Fields] = [{}, *({"data": data} for data in constants.values())]
        places = {index: place for place, index in enumerate(constants, start=1)}
        subgraph = {
            **self._subgraph,
            "inputs": numbers(tensor for tensor, _ in stage.inputs),
            "outputs": numbers([stage.output]),
            "tensors": [self._tensor(index, sizes, places.get(index, 0)) for index in kept],
            "operators": [
                self._operator(stage, index)
                | {"inputs": numbers(operator.inputs), "outputs": numbers(operator.outputs)}
                for index, operator in zip(stage.operators, operators, strict=True)
            ],
        }
        about_the_whole = dict.fromkeys(("metadata", "metadata_buffer", "signature_defs"))
        return pack({**self._model, **about_the_whole, "subgraphs": [subgraph], "buffers": buffers})

    def _constants(self, stage: Stage, tensors: list[int], sizes: dict[int, Size]) -> _Constants:
        """The bytes of those tensors that the file holds.

        Args:
            sizes: of computed tensors.
        """
        places = {index: self._subgraph["tensors"][index]["buffer"] for index in tensors}
        found = {index: self._model["buffers"][place]["data"] for index, place in places.items()}
        constants = {index: data for index, data in found.items() if data is not None}
        for index in stage.operators:
            operator = self._graph.operators[index]
            if operator.name == "RESIZE_NEAREST_NEIGHBOR":
                size = sizes[operator.outputs[0]]
                resized = np.array([size.height, size.width], "<i4")
                constants[operator.inputs[1]] = resized.view(np.uint8)
        return constants

    def _tensor(self, index: int, sizes: dict[int, Size], place: int) -> Fields:
        """
        Args:
            sizes: of computed tensors.
            place: of its buffer.
        """
        copied = {**self._subgraph["tensors"][index], "shape_signature": None, "buffer": place}
        if index in sizes:
            channels = self._graph.tensors[index].shape[3]
            copied["shape"] = [1, sizes[index].height, sizes[index].width, channels]
        return copied

    def _operator(self, stage: Stage, index: int) -> Fields:
        copied: Fields = dict(self._subgraph["operators"][index])
        if index == _unpadded(self._graph, stage):
            copied["builtin_options"] = {**copied["builtin_options"], "padding": PADDING_VALID}
        return copied


def input_sizes(stage: Stage, tile: Size) -> list[Size]:
    """Height and width of each input for a tile."""
    spans = [
        [window.of(0, side) for side in (tile.height, tile.width)] for _, window in stage.inputs
    ]
    return [Size(*(stop - first for first, stop in sides)) for sides in spans]


def _tile_sizes(graph: Graph, stage: Stage, tile: Size) -> dict[int, Size]:
    """Height and width of each tensor for a tile."""
    inputs = (tensor for tensor, _ in stage.inputs)
    sizes = dict(zip(inputs, input_sizes(stage, tile), strict=True))
    for index in stage.operators:
        operator = graph.operators[index]
        source = sizes.get(operator.inputs[0])
        if source is None:
            continue  # it unpacks weights
        if operator.name == "RESIZE_NEAREST_NEIGHBOR":
            source = Size(2 * source.height, 2 * source.width)
        elif operator.name == "CONV_2D":
            source = tile
        sizes[operator.outputs[0]] = source
    return sizes


def _begins_stage(graph: Graph, operator: Operator, group: list[int]) -> bool:
    if operator.stride > 1 or operator.name == "RESIZE_NEAREST_NEIGHBOR":
        return True
    names = [graph.operators[index].name for index in group]
    if operator.name != "CONV_2D" or "CONV_2D" not in names:
        return False
    is_coarse = _level(graph, operator.outputs[0]) >= _COARSE_LEVEL
    return is_coarse or names[0] == "RESIZE_NEAREST_NEIGHBOR"


def _level(graph: Graph, tensor: int) -> int:
    return (graph.block.height // graph.tensors[tensor].shape[1]).bit_length() - 1


def _stage(graph: Graph, group: list[int]) -> Stage:
    """The spatial operators of a stage together with those that unpack their weights."""
    operators = [graph.operators[index] for index in group]
    inside = {operator.outputs[0] for operator in operators}
    others = [op for index, op in enumerate(graph.operators) if index not in group]
    outside = {graph.output, *(tensor for operator in others for tensor in operator.inputs)}
    outputs = inside & outside
    if len(outputs) != 1:
        raise CorruptModel(f"expected one tensor out of each stage, got {len(outputs)}")
    (output,) = outputs
    read = [tensor for operator in operators for tensor in operator.inputs]
    unpacking = [
        index
        for index, operator in enumerate(graph.operators)
        if operator.outputs[0] in read and not graph.tensors[operator.outputs[0]].spatial
    ]
    inputs = list(dict.fromkeys(t for t in read if graph.tensors[t].spatial and t not in inside))
    windows, overlap_px = _windows(graph, operators, inputs)
    return Stage(
        tuple(sorted({*group, *unpacking})),
        tuple(zip(inputs, windows, strict=True)),
        output,
        _level(graph, output),
        overlap_px,
    )


def _windows(
    graph: Graph, operators: list[Operator], inputs: list[int]
) -> tuple[list[Window], int]:
    """What is read of each input, and the overlap of tiles."""
    places = [place for place, op in enumerate(operators) if op.name == "CONV_2D"]
    kernels = [graph.tensors[operators[place].inputs[1]].shape[1] for place in places]
    if not places:
        return [Window()] * len(inputs), 0
    first = places[0]
    upstream, downstream = operators[: first + 1], operators[first + 1 :]
    leading = {tensor for operator in upstream for tensor in operator.inputs}
    if leading.intersection(inputs).intersection(t for op in downstream for t in op.inputs):
        # Read once more further on, where what lies around the tile is in the way.
        if operators[first].stride > 1 or upstream[0].name == "RESIZE_NEAREST_NEIGHBOR":
            raise CorruptModel("expected nothing but a convolution to read what it halves")
        return [Window()] * len(inputs), sum(kernel // 2 for kernel in kernels)
    stride = operators[first].stride
    around_px = max(kernels[0] - stride, 0)  # of "same" padding, for even lengths
    before_px = around_px // 2
    doubled = {op.inputs[0] for op in upstream if op.name == "RESIZE_NEAREST_NEIGHBOR"}
    windows = [
        Window(stride, before_px, around_px - before_px, tensor in doubled)
        if tensor in leading
        else Window()
        for tensor in inputs
    ]
    overlap_px = sum(kernel // 2 for kernel in kernels[1:])
    if doubled and overlap_px:
        raise CorruptModel("expected one convolution behind each doubling")
    return windows, overlap_px


def _unpadded(graph: Graph, stage: Stage) -> int | None:
    """The number of the convolution that is given what lies around a tile."""
    if not any(window.before_px or window.after_px for _, window in stage.inputs):
        return None
    return next(index for index in stage.operators if graph.operators[index].name == "CONV_2D")
