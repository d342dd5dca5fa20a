"""One axis of the network's stages: which of their rows, or columns, are computed together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.model.stages import Window

Interval = tuple[int, int]
"""First position and the end."""

Positions = NDArray[np.int64]

Position = TypeVar("Position", int, Positions)

PICTURE = 0
"""Number of the node that is not computed: the picture."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a node reads: the number of another one, and of which pixels."""

    node: int
    window: Window


@dataclass(frozen=True)
class Node:
    """A stage of the network, or the picture, as a schedule sees it.

    Nodes are numbered in the order in which they run: the picture first, the result last.

    Attributes:
        level: how often the resolution is halved.
        overlap_px: how far from a piece's border its values are wrong, except at the photo's
            border.
        reads: the nodes that it reads, in the order of the stage's inputs.
    """

    level: int
    overlap_px: int = 0
    reads: tuple[Read, ...] = ()

    @cached_property
    def grain_px(self) -> int:
        """Pieces are multiples of it, so that they end on whole pixels of coarser levels."""
        return 2 if any(read.window.doubled for read in self.reads) else 1

    @cached_property
    def _offset_px(self) -> int:
        return max((one.window.before_px for one in self.reads if one.window.doubled), default=0)

    def aligned(self, start: Position) -> Position:
        """The last possible start of a piece at or before ``start``; may lie a pixel before the
        photo."""
        return start - (start - self._offset_px) % self.grain_px


class Nodes(tuple[Node, ...]):
    """The nodes of a network, in the order in which they run."""

    @cached_property
    def readers(self) -> tuple[tuple[tuple[int, Read], ...], ...]:
        """Who reads each of them, and how."""
        return tuple(
            tuple(
                (reader, read)
                for reader, node in enumerate(self)
                for read in node.reads
                if read.node == number
            )
            for number in range(len(self))
        )


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows, or columns, that are computed together: ``start`` to ``stop``, of which ``own_start``
    to ``own_stop`` are kept. The first one may start, and the last one stop, beyond the photo."""

    start: int
    stop: int
    own_start: int
    own_stop: int


@dataclass(frozen=True, slots=True)
class Pieces:
    """Pieces of one length that together keep ``own``, each pixel once; worked out when asked for.

    Attributes:
        node: whose they are.
        own: what is kept.
        own_px: how much a piece keeps, a multiple of the grain; more at the photo's border.
        first_stop: how far the first piece keeps, ``aligned``.
        length_px: how much each computes.
        last_start: the furthest that one may start.
        count: how many there are.
    """

    node: Node
    own: Interval
    own_px: int
    first_stop: int
    length_px: int
    last_start: int
    count: int

    @property
    def span(self) -> Interval:
        """From the start of the first to the stop of the last."""
        return self._start(0), self._start(self.count - 1) + self.length_px

    @property
    def own_stops(self) -> Positions:
        """How far each keeps."""
        stops = self.first_stop + self.own_px * np.arange(self.count)
        stops[-1] = self.own[1]
        return stops

    @property
    def starts(self) -> Positions:
        """Where each starts."""
        own_starts = self.first_stop + self.own_px * np.arange(-1, self.count - 1)
        own_starts[0] = self.own[0]
        if self.node.overlap_px:
            starts: Positions = (own_starts - self.node.overlap_px).clip(0, self.last_start)
            return starts
        return self.node.aligned(own_starts)

    def down_to(self, stop: int) -> int:
        """How many it takes to have everything before ``stop``, or all there are."""
        return min(max(-(-(stop - self.first_stop) // self.own_px), 0) + 1, self.count)

    def all_down_to(self, stops: Positions) -> Positions:
        """The same for each of ``stops``."""
        further: Positions = -(-(stops - self.first_stop) // self.own_px)
        bands: Positions = (further + 1).clip(1, self.count)
        return bands

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> Piece:
        number = range(self.count)[index]
        start, own_start = self._start(number), self._own_start(number)
        own_stop = self.own[1] if number == self.count - 1 else self._own_start(number + 1)
        return Piece(start, start + self.length_px, own_start, own_stop)

    def __iter__(self) -> Iterator[Piece]:
        return (self[number] for number in range(self.count))

    def _own_start(self, number: int) -> int:
        return self.first_stop + (number - 1) * self.own_px if number else self.own[0]

    def _start(self, number: int) -> int:
        start = _start(self.node, self._own_start(number))
        return min(start, self.last_start) if self.node.overlap_px else start


def cut(
    node: Node, own: Interval, side_px: int, own_px: int, first_stop: int | None = None
) -> Pieces:
    """Pieces of one length that together keep ``own``.

    Args:
        side_px: the padded photo's, at the node's level.
        own_px: how much a piece keeps, a multiple of the grain; more at the photo's border.
        first_stop: where the first piece ends, ``aligned``; by default as far as it reaches.
    """
    overlap_px = node.overlap_px
    length_px = min(own_px + 2 * overlap_px, side_px) if overlap_px else own_px
    last_start = side_px - length_px
    first_start = min(_start(node, own[0]), last_start) if overlap_px else _start(node, own[0])
    if first_stop is None:
        first_stop = first_own_stop(node, own, own_px)
    if first_start + length_px >= min(own[1] + overlap_px, side_px):
        pieces = 1
    else:
        pieces = count(node, own, side_px, own_px, first_stop)
    return Pieces(node, own, own_px, first_stop, length_px, last_start, pieces)


def first_own_stop(node: Node, own: Interval, own_px: int) -> int:
    """How far the first piece reaches."""
    return _start(node, own[0]) + node.overlap_px + own_px


def count(node: Node, own: Interval, side_px: int, own_px: int, first_stop: int) -> int:
    """How many pieces ``cut`` makes where one does not do."""
    beyond = min(own[1], side_px - node.overlap_px) - first_stop
    return 1 + max(-(-beyond // own_px), 0)


def fit(node: Node, own: Interval, side_px: int, longest_px: int) -> int:
    """How much pieces of at most ``longest_px`` keep when as few and as short as possible."""
    grain = node.grain_px
    most = max((longest_px - 2 * node.overlap_px) // grain * grain, grain)
    pieces = count(node, own, side_px, most, first_own_stop(node, own, most))
    start = _start(node, own[0]) + node.overlap_px
    beyond = min(own[1], side_px - node.overlap_px) - start
    return max(-(-beyond // (pieces * grain)) * grain, grain)


def wanted(nodes: Nodes, pieces: Mapping[int, Pieces], number: int, side_px: int) -> Interval:
    """What a node must supply for the pieces of those that read it, inside the photo."""
    seen = [read.window.of(*pieces[reader].span) for reader, read in nodes.readers[number]]
    return max(min(first for first, _ in seen), 0), min(max(stop for _, stop in seen), side_px)


def _start(node: Node, own_start: int) -> int:
    if node.overlap_px:
        return max(own_start - node.overlap_px, 0)
    return node.aligned(own_start)
