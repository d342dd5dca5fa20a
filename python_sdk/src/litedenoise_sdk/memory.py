"""What denoising in blocks costs in memory, before anything runs.

The constants were measured on x86-64 Linux with ai-edge-litert 2.3.0 as the growth of peak resident
memory; ``python -m benchmarks.memory`` checks the sum of them against the whole process.
"""

import math
from collections import Counter

from litedenoise_sdk.model.graph import Graph
from litedenoise_sdk.model.stages import Stage, find_stages, part
from litedenoise_sdk.runtime.levels import Levels
from litedenoise_sdk.runtime.tiles import TILES_IN_FLIGHT
from litedenoise_sdk.tiling import BlockPlan

BLOCKS_IN_FLIGHT = 2
"""While one block is inferred, the pixels of another are converted."""

_BASELINE_BYTES = 60_000_000
"""Python, numpy and LiteRT loaded, before a model is opened."""

_POINTER_BYTES = 8
_ARENA_FRAGMENTATION = 1.05
_FLOAT_BYTES = 4

_SLACK = 1.06
"""What blocks of more than a megapixel take beyond the sum of their parts, measured."""


class StagedCost:
    """Memory of ``runtime.staged``: it depends on its tiles and on what is kept of each block."""

    def __init__(
        self, graph: Graph, model_bytes: int, item_bytes: int, held_bytes: int = 0
    ) -> None:
        """
        Args:
            graph: the network.
            model_bytes: size of the model file.
            item_bytes: bytes of one value of the photo.
            held_bytes: what is held beside.

        Raises:
            CorruptModel: the network cannot be run in stages.
        """
        self._stages = find_stages(graph)
        self._heads, self._tails = (
            [TILES_IN_FLIGHT * _stage_bytes_per_px(graph, stage) for stage in ends]
            for ends in (self._stages.heads, self._stages.tails)
        )
        skips, self._deeps = (
            [graph.tensors[stage.outputs[0]].nbytes / graph.block.area for stage in ends]
            for ends in (self._stages.heads[:-1], self._stages.tails[1:])
        )
        # Each block and its result, and one that is being cut out.
        pixels = 3 * item_bytes * (2 * BLOCKS_IN_FLIGHT + 1)
        middle = _stage_bytes_per_px(graph, self._stages.middle)
        self.bytes_per_px: float = _SLACK * (middle + sum(skips) + pixels)
        # The file as it was read, retiled and cut, and its weights repacked for the processor.
        self.fixed_bytes = (
            held_bytes + _BASELINE_BYTES + 4 * model_bytes + graph.parameters * _item_bytes(graph)
        )

    def of(self, plan: BlockPlan) -> int:
        kept = Counter(block.kept for block in plan.blocks)
        levels = Levels.fit(self._stages, plan.block, kept)
        # Every size in pixels of full resolution, as bytes are counted by these.
        tiles: float = sum(
            4**level * (head * down.size.area + tail * up.size.area)
            for level, (head, tail, down, up) in enumerate(
                zip(self._heads, self._tails, levels.down, levels.up, strict=True)
            )
        )
        held: float = sum(
            4**level * deep * size.area
            for level, (deep, size) in enumerate(
                zip(self._deeps, levels.most_held(kept), strict=True), start=1
            )
        )
        blocks = plan.block.area * self.bytes_per_px + _SLACK * (tiles + held)
        return math.ceil(self.fixed_bytes + blocks)


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
