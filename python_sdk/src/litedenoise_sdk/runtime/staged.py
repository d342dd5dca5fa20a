"""The network in stages: the finest resolutions in strips, the rest on the whole block.

Rows computed twice cost a few percent of time. In return it takes a fraction of the memory of one
interpreter for the whole network: XNNPACK runs a convolution through a table with one pointer for
each kernel position of each output pixel, and keeps the tables of all convolutions for as long as
the network is open, 647 bytes for each pixel of a block in any number format. Within a memory
budget that buys blocks several times larger, and so less halo.
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
from litedenoise_sdk.runtime.strips import cut_block


class StagedNetwork:
    """A model opened for blocks of one size. Not to be used by two threads at a time."""

    def __init__(self, model: LoadedModel, block: Size, threads: int) -> None:
        """Opens the stages.

        Raises:
            OptionsError: a side of ``block`` is not a multiple of the stride.
            CorruptModel: the network does not have these stages.
            DelegateError: LiteRT is not installed or cannot open the model, or memory ran out.
        """
        stages = find_stages(model.graph)
        # One length of strips serves both ends of a level, so that they share a retiled file.
        self._strips = [
            cut_block(_at_level(block, level), max(head.reach_px, tail.reach_px))
            for level, (head, tail) in enumerate(zip(stages.heads, stages.tails, strict=True))
        ]
        sizes = tuple(strips.size for strips in self._strips)
        heads, middle, tails = _files(model.content, stages, block, sizes)
        self._heads = [
            LiteRtInterpreter(file, threads, block, sees=_doubled(size, min(level, 1)), gives=size)
            for level, (file, size) in enumerate(zip(heads, sizes, strict=True))
        ]
        self._tails = [
            LiteRtInterpreter(file, threads, block, sees=size, gives=size)
            for file, size in zip(tails, sizes, strict=True)
        ]
        last = len(sizes) - 1
        sees, gives = _at_level(block, last), _at_level(block, last + 1)
        self._middle = LiteRtInterpreter(middle, threads, block, sees=sees, gives=gives)
        # What passes between strips of two levels. The middle has its own memory for its ends.
        self._skips = [_whole(block, i, self._heads[i].output()) for i in range(last)]
        self._deeps = [_whole(block, i, self._tails[i].output()) for i in range(1, last + 1)]

    def run(self, block: NDArray[Pixel]) -> NDArray[Pixel]:
        """Denoises one block; see ``Runtime.run``."""
        for level, (strips, head) in enumerate(zip(self._strips, self._heads, strict=True)):
            for strip in strips.strips:
                if level == 0:
                    write_input(strips.computed(block, strip), head.input()[np.newaxis])
                else:
                    head.input()[...] = strips.computed(self._skip(level - 1), strip)
                head.invoke()
                strips.owned(self._skip(level), strip)[...] = strips.kept(head.output(), strip)
        self._middle.invoke()
        result = np.empty(block.shape, block.dtype)
        for level in reversed(range(len(self._tails))):
            strips, tail = self._strips[level], self._tails[level]
            for strip in strips.strips:
                tail.input(-2)[...] = strips.computed(self._skip(level), strip)
                tail.input(-1)[...] = strips.computed(self._deep(level), strip)
                if level > 0:
                    tail.invoke()
                    coarse = strips.kept(tail.output(), strip)
                    strips.owned(self._deep(level - 1), strip)[...] = coarse
                    del coarse
                    continue
                pixels = strips.computed(block, strip)
                write_input(pixels, tail.input()[np.newaxis])
                tail.invoke()
                denoised = read_output(pixels, tail.output()[np.newaxis])
                strips.owned(result, strip)[...] = strips.kept(denoised, strip)
        return result

    def _skip(self, level: int) -> NDArray[Any]:
        """What a level's head gives, on the whole block."""
        return self._skips[level] if level < len(self._skips) else self._middle.input()

    def _deep(self, level: int) -> NDArray[Any]:
        """What a level's tail takes from below, on the whole block."""
        return self._deeps[level] if level < len(self._deeps) else self._middle.output()


@lru_cache(maxsize=1)
def _files(
    content: bytes, stages: Stages, block: Size, strips: tuple[Size, ...]
) -> tuple[list[bytes], bytes, list[bytes]]:
    """The stages' files, kept for the next time that the same block is opened."""
    middle = cut(retile(content, block), stages.middle)
    retiled = [retile(content, _doubled(size, level)) for level, size in enumerate(strips)]
    heads = [cut(file, stage) for file, stage in zip(retiled, stages.heads, strict=True)]
    tails = [cut(file, stage) for file, stage in zip(retiled, stages.tails, strict=True)]
    return heads, middle, tails


def _at_level(block: Size, level: int) -> Size:
    return Size(block.height >> level, block.width >> level)


def _doubled(size: Size, times: int) -> Size:
    return Size(size.height << times, size.width << times)


def _whole(block: Size, level: int, strip: NDArray[Any]) -> NDArray[Any]:
    """Memory for the whole block of what a stage gives for a strip."""
    size = _at_level(block, level)
    return np.empty((size.height, size.width, strip.shape[-1]), strip.dtype)
