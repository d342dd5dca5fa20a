"""One axis of the network's stages: which of their rows, or columns, are computed together."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from litedenoise_sdk.model.stages import Window

Interval = tuple[int, int]
"""First position and the end."""


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

    def aligned(self, start: int) -> int:
        """The last possible start of a piece at or before ``start``; may lie a pixel before the
        photo."""
        return start - (start - self._offset_px) % self.grain_px

    def length_px(self, own_px: int, side_px: int) -> int:
        """How much a piece that keeps ``own_px``, a multiple of the grain, computes."""
        if self.overlap_px:
            return min(own_px + 2 * self.overlap_px, side_px)
        return own_px


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows, or columns, that are computed together: ``start`` to ``stop``, of which ``own_start``
    to ``own_stop`` are kept. The first one may start, and the last one stop, beyond the photo."""

    start: int
    stop: int
    own_start: int
    own_stop: int


def cut(
    node: Node, own: Interval, side_px: int, own_px: int, first_stop: int | None = None
) -> tuple[Piece, ...]:
    """Pieces of one length that together keep ``own``, each pixel once.

    Args:
        side_px: the padded photo's, at the node's level.
        own_px: how much a piece keeps, a multiple of the grain; more at the photo's border.
        first_stop: where the first piece ends, ``aligned``; by default as far as it reaches.
    """
    length = node.length_px(own_px, side_px)
    pieces: list[Piece] = []
    own_start, end = own
    stop = first_own_stop(node, own, own_px) if first_stop is None else first_stop
    while own_start < end:
        start = _start(node, own_start)
        if node.overlap_px:
            start = min(start, side_px - length)
        if start + length >= min(end + node.overlap_px, side_px):
            stop = end
        pieces.append(Piece(start, start + length, own_start, stop))
        own_start, stop = stop, stop + own_px
    return tuple(pieces)


def first_own_stop(node: Node, own: Interval, own_px: int) -> int:
    """How far the first piece reaches."""
    return _start(node, own[0]) + node.overlap_px + own_px


def count(node: Node, own: Interval, side_px: int, own_px: int, first_stop: int) -> int:
    """How many pieces ``cut`` makes."""
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


def wanted(
    nodes: Sequence[Node], pieces: dict[int, tuple[Piece, ...]], number: int, side_px: int
) -> Interval:
    """What a node must supply for the pieces of those that read it, inside the photo."""
    seen = [
        read.window.of(pieces[reader][0].start, pieces[reader][-1].stop)
        for reader, read in readers(nodes, number)
    ]
    return max(min(first for first, _ in seen), 0), min(max(stop for _, stop in seen), side_px)


def readers(nodes: Sequence[Node], number: int) -> list[tuple[int, Read]]:
    """Who reads a node, and how."""
    return [
        (reader, read)
        for reader in range(number + 1, len(nodes))
        for read in nodes[reader].reads
        if read.node == number
    ]


def _start(node: Node, own_start: int) -> int:
    if node.overlap_px:
        return max(own_start - node.overlap_px, 0)
    return node.aligned(own_start)
