"""How much memory a block costs on LiteRT's CPU path, known before anything is opened.

Measured with LiteRT 2.3 (XNNPACK, x86-64): resident memory before and after opening the network and
running it, for blocks from 64x64 to 1088x1920 and in every number format, is what is computed here
within 1 % from 512x512 on, and up to 11 % less for smaller blocks. The larger part is neither weights nor activations: XNNPACK runs a convolution through a
table with one pointer for each kernel position of each output pixel, and keeps the tables of all
convolutions for as long as the network is open. They do not shrink with the number format, so an
int8 block costs two thirds of a float32 one, not a quarter.
"""

import ctypes

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.graph import Graph
from litedenoise_sdk.model.load import LoadedModel

LIBRARY_BYTES = 12_000_000
"""Resident memory of LiteRT's libraries once an interpreter was made."""

_POINTER_BYTES = 8
_ARENA_FACTOR = 1.25
"""Arena bytes for each byte of the activations alive at one time: XNNPACK plans each part of the
graph between two nearest resizes by itself, and what crosses parts lives longer."""

_WEIGHT_COPIES = 2.2
"""The retiled model file, XNNPACK's own packed copy of its weights, and what is shared of both."""

_FLOAT_BYTES = 4


def block_bytes_per_px(model: LoadedModel) -> float:
    """Bytes of memory for each pixel of a block, input and output tensors included."""
    return _pointer_bytes_per_px(model.graph) + _ARENA_FACTOR * model.graph.activation_bytes_per_px


def fixed_bytes(model: LoadedModel) -> int:
    """Bytes of memory for an open model that do not depend on its block: weights and libraries."""
    weights = len(model.content)
    if model.sidecar.precision == "fp16":
        # The processor computes in float32, and the weights are unpacked for it.
        weights = (weights + _FLOAT_BYTES * model.graph.parameters) // 2
    return LIBRARY_BYTES + round(_WEIGHT_COPIES * weights)


def block_memory_bytes(model: LoadedModel, block: Size) -> int:
    """Peak bytes of memory that opening ``model`` for this block and running it adds to a process.

    The model file itself, which ``model`` already holds, is not counted; the blocks of pixels that
    go in and come out are the caller's.
    """
    return fixed_bytes(model) + round(block_bytes_per_px(model) * block.area)


def release_freed_memory() -> None:
    """Hands memory that was freed back to the system, where the C library keeps it otherwise.

    After an arena of a few hundred megabytes, glibc keeps later ones of that size for itself: a
    closed runtime would go on counting as resident memory.
    """
    trim = getattr(ctypes.pythonapi, "malloc_trim", None)
    if trim is not None:
        trim(0)


def _pointer_bytes_per_px(graph: Graph) -> float:
    pointers = 0
    for operator in graph.operators:
        if operator.name == "CONV_2D":
            _, kernel_height, kernel_width, _ = graph.tensors[operator.inputs[1]].shape
            _, height, width, _ = graph.tensors[operator.outputs[0]].shape
            pointers += kernel_height * kernel_width * height * width
    return _POINTER_BYTES * pointers / graph.block.area
