"""The stages of a network as the schedule sees them, and what each of them costs."""

from dataclasses import dataclass

from litedenoise_sdk.model.graph import Graph
from litedenoise_sdk.model.stages import Stage, find_stages, part
from litedenoise_sdk.runtime.cpu.axis import Node, Nodes, Read

_POINTER_BYTES = 8
_ARENA_FRAGMENTATION = 1.12


@dataclass(frozen=True, slots=True)
class StageCost:
    """What a stage takes for each pixel of its output.

    Attributes:
        tile_bytes: memory of LiteRT, by pixel of a tile.
        row_bytes: memory of the output, by pixel.
        macs: multiplications with accumulation.
    """

    tile_bytes: float
    row_bytes: int
    macs: float


@dataclass(frozen=True)
class Network:
    """A network cut into stages.

    Attributes:
        stages: in the order in which they run.
        nodes: the picture, and then the stages.
        costs: of each stage.
        macs_per_px: of the whole network, for each pixel of the picture.
    """

    stages: tuple[Stage, ...]
    nodes: Nodes
    costs: tuple[StageCost, ...]
    macs_per_px: float

    @classmethod
    def of(cls, graph: Graph) -> "Network":
        """Cuts ``graph``. Raises CorruptModel where it cannot be run in stages."""
        stages = find_stages(graph)
        numbers = {graph.input: 0}
        nodes = [Node(0)]
        for number, stage in enumerate(stages, start=1):
            reads = tuple(Read(numbers[tensor], window) for tensor, window in stage.inputs)
            nodes.append(Node(stage.level, stage.overlap_px, reads))
            numbers[stage.output] = number
        costs = tuple(_cost(graph, stage) for stage in stages)
        return cls(stages, Nodes(nodes), costs, graph.macs_per_px)


def _cost(graph: Graph, stage: Stage) -> StageCost:
    """Beside activations LiteRT holds XNNPACK's tables: for every output pixel of a convolution, a
    pointer to each pixel under the kernel."""
    own = part(graph, stage)
    pointers = 0
    for operator in own.operators:
        if operator.name == "CONV_2D":
            _, kernel_height, kernel_width, _ = graph.tensors[operator.inputs[1]].shape
            _, height, width, _ = graph.tensors[operator.outputs[0]].shape
            pointers += kernel_height * kernel_width * height * width
    output = graph.tensors[stage.output]
    _, height, width, _ = output.shape
    activations = _ARENA_FRAGMENTATION * _peak_activation_bytes(graph, stage)
    return StageCost(
        tile_bytes=(_POINTER_BYTES * pointers + activations) / (height * width),
        row_bytes=output.nbytes // (height * width),
        macs=own.macs_per_px * own.block.area / (height * width),
    )


def _peak_activation_bytes(graph: Graph, stage: Stage) -> int:
    """The inputs, which LiteRT keeps, and the most that else is alive at one time."""
    operators = [graph.operators[index] for index in stage.operators]
    last_use = {tensor: step for step, op in enumerate(operators) for tensor in op.inputs}
    kept = [tensor for tensor, _ in stage.inputs]
    alive: set[int] = set()
    peak = 0
    for step, operator in enumerate(operators):
        alive.update(tensor for tensor in operator.outputs if graph.tensors[tensor].spatial)
        peak = max(peak, sum(graph.tensors[tensor].nbytes for tensor in alive))
        alive = {tensor for tensor in alive if last_use.get(tensor, step) > step}
    return peak + sum(graph.tensors[tensor].nbytes for tensor in kept)
