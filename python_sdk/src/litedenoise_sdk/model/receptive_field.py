"""How far a pixel reaches through the network, derived from its graph."""

from dataclasses import dataclass
from typing import Self

from litedenoise_sdk.errors import CorruptModel, OptionsError
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.graph import Graph, Operator


@dataclass(frozen=True, slots=True)
class _Reach:
    """Which input rows the samples of a tensor depend on, for one period of the network.

    The network is only equivariant to shifts by its stride, so samples at different phases reach
    differently far. ``spans[k]`` holds the first and last input row that sample ``k`` depends on;
    the sample one period further depends on the rows one stride further.
    """

    spans: tuple[tuple[int, int], ...]
    stride_px: int

    def __getitem__(self, sample: int) -> tuple[int, int]:
        period, phase = divmod(sample, len(self.spans))
        first, last = self.spans[phase]
        return first + period * self.stride_px, last + period * self.stride_px

    def merged(self, other: Self) -> "_Reach":
        if len(self.spans) != len(other.spans):
            raise CorruptModel("expected tensors of one resolution at an addition or concatenation")
        pairs = zip(self.spans, other.spans, strict=True)
        spans = tuple((min(a[0], b[0]), max(a[1], b[1])) for a, b in pairs)
        return _Reach(spans, self.stride_px)

    def convolved(self, kernel: int, stride: int) -> "_Reach":
        # SAME padding of a length that is a multiple of the stride, as TensorFlow defines it.
        padding_before = max(kernel - stride, 0) // 2
        spans = []
        for sample in range(len(self.spans) // stride):
            first = sample * stride - padding_before
            spans.append((self[first][0], self[first + kernel - 1][1]))
        return _Reach(tuple(spans), self.stride_px)

    def repeated(self, factor: int) -> "_Reach":
        spans = tuple(span for span in self.spans for _ in range(factor))
        return _Reach(spans, self.stride_px)


def stride_px(graph: Graph) -> int:
    """The shift in pixels under which the network is equivariant: the coarsest tensor's step."""
    heights = (graph.tensors[operator.outputs[0]].shape[1] for operator in _spatial(graph))
    return graph.block.height // min(graph.block.height, *heights)


def check_block_size(graph: Graph, block: Size) -> None:
    """Raises OptionsError where a side of ``block`` is not a multiple of the stride."""
    stride = stride_px(graph)
    if any(side < stride or side % stride for side in (block.height, block.width)):
        raise OptionsError(f"block sides must be multiples of {stride}, got {block}")


def receptive_field_radius_px(graph: Graph) -> int:
    """The largest distance, along a row or column, from an output pixel to an input pixel it needs.

    Exact for the graph: kernels, strides, padding and nearest upsampling are followed sample by
    sample through one period of the network's stride, and the worst phase and side counts. Kernels
    and strides are square here, so rows and columns reach equally far.

    Raises:
        CorruptModel: the resolutions in the graph do not fit together.
    """
    stride = stride_px(graph)
    reaches = {graph.input: _Reach(tuple((row, row) for row in range(stride)), stride)}
    for operator in _spatial(graph):
        sources = [reaches[tensor] for tensor in operator.inputs if tensor in reaches]
        if not sources:
            raise CorruptModel(f"expected {operator.name} to depend on the input picture")
        reach = sources[0]
        for source in sources[1:]:
            reach = reach.merged(source)
        output_height = graph.tensors[operator.outputs[0]].shape[1]
        if operator.name == "CONV_2D":
            kernel = graph.tensors[operator.inputs[1]].shape[1]
            reach = reach.convolved(kernel, operator.stride)
        elif operator.name == "RESIZE_NEAREST_NEIGHBOR":
            reach = reach.repeated(output_height // graph.tensors[operator.inputs[0]].shape[1])
        reaches[operator.outputs[0]] = reach
    spans = reaches[graph.output].spans
    return max(max(row - first, last - row) for row, (first, last) in enumerate(spans))


def _spatial(graph: Graph) -> list[Operator]:
    return [operator for operator in graph.operators if graph.tensors[operator.outputs[0]].spatial]
