"""What denoising in blocks costs in memory, before anything runs.

The constants were measured on x86-64 Linux with ai-edge-litert 2.3.0 as the growth of peak resident
memory; ``python -m benchmarks.memory`` checks the sum of them against the whole process.
"""

import math
from dataclasses import dataclass

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.graph import Graph
from litedenoise_sdk.model.stages import Stage, find_stages, part
from litedenoise_sdk.runtime.tiles import TILES_IN_FLIGHT

BLOCKS_IN_FLIGHT = 2
"""While one block is inferred, the pixels of another are converted."""

_BASELINE_BYTES = 60_000_000
"""Python, numpy and LiteRT loaded, before a model is opened."""

_POINTER_BYTES = 8
_ARENA_FRAGMENTATION = 1.05
_FLOAT_BYTES = 4

_TILE_SHARES = (0.020, 0.028, 0.047)
"""The largest tile of each level beyond the smallest, measured in blocks; see ``fit_tiles``. A
network that halves less often has fewer levels."""

_SMALLEST_TILE_PX = 32 * 32
"""Small blocks have tiles of this size at every level."""


@dataclass(frozen=True, slots=True)
class MemoryCost:
    """Peak resident memory beyond the photo and its result: fixed, and for each block pixel."""

    fixed_bytes: int
    bytes_per_px: float

    def of(self, block: Size) -> int:
        """Peak bytes with blocks of this size."""
        return math.ceil(self.fixed_bytes + block.area * self.bytes_per_px)


def memory_cost(graph: Graph, model_bytes: int, item_bytes: int) -> MemoryCost:
    """The cost of running ``graph`` over the blocks of a photo.

    Args:
        graph: the network.
        model_bytes: size of the model file.
        item_bytes: bytes of one value of the photo.

    Raises:
        CorruptModel: the network cannot be run in stages.
    """
    stages = find_stages(graph)
    ends = [
        TILES_IN_FLIGHT * sum(_stage_bytes_per_px(graph, stage) for stage in (head, tail))
        for head, tail in zip(stages.heads, stages.tails, strict=True)
    ]
    # What passes between stages and is not the memory of the middle's ends.
    between = [stage.outputs[0] for stage in (*stages.heads[:-1], *stages.tails[1:])]
    kept = sum(graph.tensors[tensor].nbytes for tensor in between) / graph.block.area
    pixels = 3 * 2 * item_bytes * BLOCKS_IN_FLIGHT  # each block and its result
    return MemoryCost(
        # The file as it was read, retiled and cut, and its weights repacked for the processor.
        fixed_bytes=_BASELINE_BYTES
        + 4 * model_bytes
        + graph.parameters * _item_bytes(graph)
        + sum(math.ceil(_SMALLEST_TILE_PX * 4**level * one) for level, one in enumerate(ends)),
        bytes_per_px=_stage_bytes_per_px(graph, stages.middle)
        + sum(share * one for share, one in zip(_TILE_SHARES, ends, strict=False))
        + kept
        + pixels,
    )


def _stage_bytes_per_px(graph: Graph, stage: Stage) -> float:
    """Peak bytes for each full-resolution pixel of the block or tile that a stage runs on.

    Beside activations there are XNNPACK's tables: for every output pixel of a convolution, a
    pointer to each pixel under the kernel. They are the larger part.
    """
    operators = [graph.operators[index] for index in stage.operators]
    pointers = 0
    for operator in operators:
        if operator.name == "CONV_2D":
            _, kernel_height, kernel_width, _ = graph.tensors[operator.inputs[1]].shape
            _, height, width, _ = graph.tensors[operator.outputs[0]].shape
            pointers += kernel_height * kernel_width * height * width
    # LiteRT never gives the memory of inputs to other tensors.
    inputs = sum(graph.tensors[tensor].nbytes for tensor in stage.inputs)
    own = part(graph, stage)
    activations = own.activation_bytes_per_px * own.block.area + inputs
    return (_POINTER_BYTES * pointers + _ARENA_FRAGMENTATION * activations) / graph.block.area


def _item_bytes(graph: Graph) -> int:
    return _FLOAT_BYTES if graph.tensors[graph.input].type == "FLOAT32" else 1
