"""The network in three stages: the ends in strips, the middle on the whole block.

This costs about 3 % of time for rows computed twice, and takes a third (int8) to a half (float32)
of the memory of one interpreter for the whole network: XNNPACK runs a convolution through a table
with one pointer for each kernel position of each output pixel, and keeps the tables of all
convolutions for as long as the network is open. At full resolution these are 504 bytes for each
pixel of a block in any number format. Within a memory budget it buys larger blocks and less halo.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.load import LoadedModel
from litedenoise_sdk.model.retile import retile
from litedenoise_sdk.model.stages import Stages, cut, find_stages
from litedenoise_sdk.runtime.interpreter import LiteRtInterpreter
from litedenoise_sdk.runtime.pixels import read_output, write_input
from litedenoise_sdk.runtime.protocol import Pixel
from litedenoise_sdk.runtime.strips import Strip, Strips, cut_block


class StagedNetwork:
    """A model opened for blocks of one size. Not to be used by two threads at a time."""

    def __init__(self, model: LoadedModel, block: Size, threads: int) -> None:
        """Opens the three stages.

        Raises:
            OptionsError: a side of ``block`` is not a multiple of the stride.
            CorruptModel: the network does not have these stages.
            DelegateError: LiteRT is not installed or cannot open the model, or memory ran out.
        """
        stages = find_stages(model.graph)
        # One length of strips serves both ends, so that they share a retiled file.
        self._strips = cut_block(block, max(stages.head.reach_px, stages.tail.reach_px))
        strip, half = self._strips.size, Size(block.height // 2, block.width // 2)
        head, middle, tail = _files(model.content, stages, block, strip)
        self._head = LiteRtInterpreter(head, threads, block, sees=strip, gives=strip)
        self._middle = LiteRtInterpreter(middle, threads, block, sees=block, gives=half)
        self._tail = LiteRtInterpreter(tail, threads, block, sees=strip, gives=strip)

    def run(self, block: NDArray[Pixel]) -> NDArray[Pixel]:
        """Denoises one block; see ``Runtime.run``."""
        cut = self._strips
        for strip in cut.strips:
            write_input(_computed(block, cut, strip), self._head.input()[np.newaxis])
            self._head.invoke()
            _owned(self._middle.input(), cut, strip)[...] = _kept(self._head.output(), cut, strip)
        self._middle.invoke()
        result = np.empty(block.shape, block.dtype)
        for strip in cut.strips:
            pixels = _computed(block, cut, strip)
            write_input(pixels, self._tail.input(0)[np.newaxis])
            self._tail.input(1)[...] = _computed(self._middle.input(), cut, strip)
            self._tail.input(2)[...] = _computed(self._middle.output(), cut, strip, scale=2)
            self._tail.invoke()
            denoised = read_output(pixels, self._tail.output()[np.newaxis])
            _owned(result, cut, strip)[...] = _kept(denoised, cut, strip)
        return result


@lru_cache(maxsize=1)
def _files(content: bytes, stages: Stages, block: Size, strip: Size) -> tuple[bytes, bytes, bytes]:
    """The three stages' files, kept for the next time that the same block is opened."""
    middle = cut(retile(content, block), stages.middle)
    strips = retile(content, strip)
    return cut(strips, stages.head), middle, cut(strips, stages.tail)


def _computed(array: NDArray[Any], cut: Strips, strip: Strip, scale: int = 1) -> NDArray[Any]:
    """What a strip computes, out of the block or a tensor ``scale`` times smaller."""
    start, stop = strip.start, strip.start + _length(cut)
    return _along(array, cut.axis, start // scale, stop // scale)


def _owned(array: NDArray[Any], cut: Strips, strip: Strip) -> NDArray[Any]:
    """What a strip gives, in the block."""
    return _along(array, cut.axis, strip.own_start, strip.own_stop)


def _kept(array: NDArray[Any], cut: Strips, strip: Strip) -> NDArray[Any]:
    """What a strip gives, in the strip itself."""
    return _along(array, cut.axis, strip.own_start - strip.start, strip.own_stop - strip.start)


def _along(array: NDArray[Any], axis: int, start: int, stop: int) -> NDArray[Any]:
    return array[start:stop] if axis == 0 else array[:, start:stop]


def _length(cut: Strips) -> int:
    return cut.size.height if cut.axis == 0 else cut.size.width
