"""The network in stages: the finest resolutions in tiles, the rest on the whole block.

XNNPACK runs a convolution through a table with one pointer for each kernel position of each output
pixel, and keeps the tables of all convolutions for as long as the network is open, 647 bytes for
each pixel of a block in any number format. Tiles take a fraction of that, and within a memory
budget that buys blocks several times larger, and so less halo.

Tiles also leave out what nobody asked for. The halo of a block is there for the deep resolutions;
on the way back up it is computed no further than the next few convolutions look. That is more than
half of the network's work.

Two tiles are in flight at a time, each on half of the threads: while one's values are copied in and
out, which takes up to a fifth of the time, the other is computed.
"""

from collections import deque
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.geometry import Box, Size
from litedenoise_sdk.model.load import LoadedModel
from litedenoise_sdk.model.retile import retile
from litedenoise_sdk.model.stages import Stages, cut, find_stages
from litedenoise_sdk.runtime.interpreter import LiteRtInterpreter
from litedenoise_sdk.runtime.levels import Levels, at_level
from litedenoise_sdk.runtime.pixels import read_output, write_input
from litedenoise_sdk.runtime.protocol import Pixel
from litedenoise_sdk.runtime.tiles import TILES_IN_FLIGHT, Tile


class StagedNetwork:
    """A model opened for blocks of one size. Not to be used by two threads at a time."""

    def __init__(
        self, model: LoadedModel, block: Size, threads: int, kept: Collection[Box] = ()
    ) -> None:
        """Opens the stages.

        Args:
            kept: parts of blocks that will be asked for; tiles and memory are chosen to suit them.

        Raises:
            OptionsError: a side of ``block`` is not a multiple of the stride.
            CorruptModel: the network does not have these stages.
            DelegateError: LiteRT is not installed or cannot open the model, or memory ran out.
        """
        stages = find_stages(model.graph)
        self._whole = Box.of(block)
        kept = kept or [self._whole]
        self._levels = Levels.fit(stages, block, kept)
        down = tuple(tiling.size for tiling in self._levels.down)
        up = tuple(tiling.size for tiling in self._levels.up)
        heads, middle, tails = _files(model.content, stages, block, down, up)

        def opened(file: bytes, sees: Size, gives: Size) -> list[LiteRtInterpreter]:
            return [
                LiteRtInterpreter(file, share, block, sees=sees, gives=gives)
                for share in _shares(threads)
            ]

        self._heads = [
            opened(file, _doubled(size, min(level, 1)), size)
            for level, (file, size) in enumerate(zip(heads, down, strict=True))
        ]
        self._tails = [opened(file, size, size) for file, size in zip(tails, up, strict=True)]
        last = len(heads) - 1
        sees, gives = at_level(block, last), at_level(block, last + 1)
        self._middle = LiteRtInterpreter(middle, threads, block, sees=sees, gives=gives)
        # What passes between tiles of two levels. The middle has its own memory for its ends.
        self._skips = [
            _array(at_level(block, level), heads[0]) for level, heads in enumerate(self._heads[:-1])
        ]
        self._deeps: list[NDArray[Any]] = [
            _array(Size(0, 0), tails[0]) for tails in self._tails[1:]
        ]
        self._make_room(self._levels.most_held(kept))

    def run(self, block: NDArray[Pixel], kept: Box | None = None) -> NDArray[Pixel]:
        """Denoises one block; see ``Runtime.run``."""
        kept = kept or self._whole
        regions, held = self._levels.regions(kept), self._levels.held(kept)
        self._make_room([box.size for box in held])
        result = np.empty(block.shape, block.dtype)

        def descend(level: int, head: LiteRtInterpreter, tile: Tile) -> None:
            if level == 0:
                write_input(block[tile.computed.slices], head.input()[np.newaxis])
            else:
                head.input()[...] = self._skip(level - 1)[tile.computed.doubled.slices]
            head.invoke()
            self._skip(level)[tile.own.slices] = head.output()[tile.kept.slices]

        def deep(level: int, part: Box) -> NDArray[Any]:
            """A part of what a level's tail takes from below."""
            if level == len(held):
                return self._middle.output()[part.slices]
            return self._deeps[level][part.shifted(-held[level].top, -held[level].left).slices]

        def ascend(level: int, tail: LiteRtInterpreter, tile: Tile) -> None:
            tail.input(-2)[...] = self._skip(level)[tile.computed.slices]
            tail.input(-1)[...] = deep(level, tile.computed.halved)
            if level > 0:
                tail.invoke()
                deep(level - 1, tile.own)[...] = tail.output()[tile.kept.slices]
                return
            write_input(block[tile.computed.slices], tail.input()[np.newaxis])
            tail.invoke()
            denoised = tail.output()[tile.kept.slices]
            result[tile.own.slices] = read_output(block[tile.own.slices], denoised[np.newaxis])

        with ThreadPoolExecutor(TILES_IN_FLIGHT, "litedenoise-tile") as workers:
            for level, (tiling, heads) in enumerate(
                zip(self._levels.down, self._heads, strict=True)
            ):
                tiles = tiling.cover(Box.of(tiling.whole))
                _share_out(workers, heads, tiles, partial(descend, level))
            self._middle.invoke()
            for level in reversed(range(len(self._tails))):
                tiles = self._levels.up[level].cover(regions[level])
                _share_out(workers, self._tails[level], tiles, partial(ascend, level))
        return result

    def _make_room(self, sizes: Sequence[Size]) -> None:
        for level, size in enumerate(sizes):
            height, width, _ = self._deeps[level].shape
            if height < size.height or width < size.width:
                room = Size(max(height, size.height), max(width, size.width))
                self._deeps[level] = _array(room, self._tails[level + 1][0])

    def _skip(self, level: int) -> NDArray[Any]:
        """What a level's head gives, on the whole block."""
        return self._skips[level] if level < len(self._skips) else self._middle.input()


def _shares(threads: int) -> list[int]:
    """How many threads each tile in flight gets."""
    tiles = min(threads, TILES_IN_FLIGHT)
    return [(threads + i) // tiles for i in range(tiles)]


def _share_out(
    workers: ThreadPoolExecutor,
    networks: Sequence[LiteRtInterpreter],
    tiles: Collection[Tile],
    compute: Callable[[LiteRtInterpreter, Tile], None],
) -> None:
    """Computes all tiles, each on the next network that is free."""
    waiting = deque(tiles)

    def work(network: LiteRtInterpreter) -> None:
        while True:
            try:
                tile = waiting.popleft()
            except IndexError:
                return
            compute(network, tile)

    for done in [workers.submit(work, network) for network in networks]:
        done.result()


@lru_cache(maxsize=1)
def _files(
    content: bytes, stages: Stages, block: Size, down: tuple[Size, ...], up: tuple[Size, ...]
) -> tuple[list[bytes], bytes, list[bytes]]:
    """The stages' files, kept for the next time that the same block is opened."""
    middle = cut(retile(content, block), stages.middle)
    heads, tails = (
        [
            cut(retile(content, _doubled(size, level)), stage)
            for level, (size, stage) in enumerate(zip(sizes, ends, strict=True))
        ]
        for sizes, ends in ((down, stages.heads), (up, stages.tails))
    )
    return heads, middle, tails


def _doubled(size: Size, times: int) -> Size:
    return Size(size.height << times, size.width << times)


def _array(size: Size, stage: LiteRtInterpreter) -> NDArray[Any]:
    """Memory of this size for what a stage gives for tiles."""
    tile = stage.output()
    return np.zeros((size.height, size.width, tile.shape[-1]), tile.dtype)
