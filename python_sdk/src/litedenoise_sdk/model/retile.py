"""Changes the block size of a model file without TensorFlow.

A .tflite file fixes every activation's height and width, and the output size of its nearest resizes
is a constant, so resizing the input alone is not enough. All of these are plain integers inside the
file: they are overwritten where they stand, and weights and layout stay as they are.
"""

from functools import lru_cache

from litedenoise_sdk.errors import CorruptModel
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.flatbuffer import read_graph
from litedenoise_sdk.model.graph import Graph
from litedenoise_sdk.model.packing import unpack
from litedenoise_sdk.model.receptive_field import check_block_size

_MOST_CACHED = 1
"""Retiled copies kept; each is as large as the model file."""


@lru_cache(maxsize=_MOST_CACHED)
def retile(content: bytes, block: Size) -> bytes:
    """The model file ``content`` for blocks of another size.

    The network computes the same function: where a block's border does not reach, its results equal
    the original's bit for bit.

    Args:
        content: bytes of a .tflite file.
        block: new height and width of input and output, multiples of the network's stride.

    Raises:
        CorruptModel: ``content`` is not a network of this family, or is laid out so that its sizes
            cannot be changed one by one.
        OptionsError: a side of ``block`` is not a multiple of the stride.
    """
    graph = read_graph(content)
    check_block_size(graph, block)
    if block == graph.block:
        return content
    retiled = bytearray(content)
    shapes = _scaled_shapes(graph, block)
    model = unpack(retiled)
    tensors = model["subgraphs"][0]["tensors"]
    for index, shape in shapes.items():
        for sizes in (tensors[index]["shape"], tensors[index]["shape_signature"]):
            if sizes is not None:
                sizes[:] = shape
    for operator in graph.operators:
        if operator.name == "RESIZE_NEAREST_NEIGHBOR":
            buffer = model["buffers"][tensors[operator.inputs[1]]["buffer"]]
            buffer["data"].view("<i4")[:] = shapes[operator.outputs[0]][1:3]
    result = bytes(retiled)
    _check(read_graph(result), graph, shapes)
    return result


def _scaled_shapes(graph: Graph, block: Size) -> dict[int, tuple[int, ...]]:
    """The new shape of each tensor whose size follows the block's."""
    shapes: dict[int, tuple[int, ...]] = {}
    for index, tensor in enumerate(graph.tensors):
        if tensor.spatial:
            batch, height, width, channels = tensor.shape
            shapes[index] = (
                batch,
                height * block.height // graph.block.height,
                width * block.width // graph.block.width,
                channels,
            )
    return shapes


def _check(retiled: Graph, original: Graph, shapes: dict[int, tuple[int, ...]]) -> None:
    """Two tensors may share one list of integers; changing the second then spoils the first."""
    for index, (after, before) in enumerate(zip(retiled.tensors, original.tensors, strict=True)):
        if after.shape != shapes.get(index, before.shape):
            raise CorruptModel(
                "the model file shares sizes between tensors and cannot be retiled; export it again"
            )
