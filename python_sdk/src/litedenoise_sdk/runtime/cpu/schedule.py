"""When each stage computes which rows, and when rows can be dropped: whole numbers only, no pixels.

The last stage pulls. It computes its bands of rows one after the other, and before each of them
every stage above computes the bands that it depends on, and no more. So the ring of rows behind
each stage is as short as possible, and its length is known before anything runs.

What a band waits for always has one form, "this many bands of that stage are done": of the stages
it reads, so that its rows are ready, and of the stages that read it, so that its rows have room in
the ring. Bands are computed in tiles, and a tile waits only for the tiles of the columns that it
depends on. In the schedule's own order nothing ever waits; workers may take any tile whose wait is
over.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from litedenoise_sdk.runtime.cpu.axis import (
    Interval,
    Node,
    Piece,
    Read,
    count,
    cut,
    first_own_stop,
    readers,
    wanted,
)

Bands = dict[int, tuple[Piece, ...]]
"""The bands of each node that has been scheduled."""

_AHEAD = 1
"""How many of the result's bands the stages above may run ahead, so that no worker is idle."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How many rows are computed at a time.

    Attributes:
        rows_px: of the result; a multiple of the network's stride.
        early: whether a stage computes rows before they are needed if that saves it a band; they
            are then held for longer.
    """

    rows_px: int
    early: bool


@dataclass(frozen=True, slots=True)
class Wait:
    """At least ``bands`` bands of node ``node`` must be done."""

    node: int
    bands: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """What is computed when.

    Attributes:
        nodes: of the network.
        bands: the rows that each node, the picture included, computes together, from the top down.
        done: how many of them are done when a band of the result is; for each node, by the
            result's bands.
        ring_rows: rows of each node that are held at a time; of the result, a band's.
    """

    nodes: tuple[Node, ...]
    bands: tuple[tuple[Piece, ...], ...]
    done: tuple[tuple[int, ...], ...]
    ring_rows: tuple[int, ...]

    def due(self, node: int, band: int) -> int:
        """The band of the result that is the first to need this one. In the schedule's own order
        bands go by this, then by node, then from the top down."""
        return bisect_left(self.done[node], band + 1)

    def waits(self, node: int, band: int) -> list[Wait]:
        """What must be done before this band is computed."""
        rows = self.bands[node][band]
        waits = [
            Wait(read.node, _bands_down_to(self.bands[read.node], _seen(rows, read)[1]))
            for read in self.nodes[node].reads
        ]
        taken = rows.own_stop - self.ring_rows[node]
        if taken <= self.bands[node][0].own_start:
            return waits
        for reader, read in readers(self.nodes, node):
            # Those that read a row whose room is reused.
            tops = (_seen(band, read)[0] for band in self.bands[reader])
            bands = sum(1 for _ in takewhile(lambda top: top < taken, tops))
            if bands:
                waits.append(Wait(reader, bands))
        return waits


def schedule(nodes: tuple[Node, ...], side_px: int, kept: Interval, pace: Pace) -> Schedule:
    """Schedules a photo, or the part of it that is kept.

    Args:
        side_px: height of the padded photo, a multiple of the network's stride.
        kept: the rows of it that are asked for.
        pace: how many rows at a time.
    """
    bands: Bands = {}
    done: dict[int, tuple[int, ...]] = {}
    for number in reversed(range(len(nodes))):
        side = side_px >> nodes[number].level
        if bands:
            own = wanted(nodes, bands, number, side)
            needed = _needed(nodes, bands, done, number, side)
        else:
            own = kept
            needed = [*range(own[0] + pace.rows_px, own[1], pace.rows_px), own[1]]
        bands[number] = _bands(nodes[number], own, side, needed, pace)
        done[number] = tuple(_bands_down_to(bands[number], stop) for stop in needed)
    numbers = range(len(nodes))
    return Schedule(
        nodes,
        tuple(bands[number] for number in numbers),
        tuple(done[number] for number in numbers),
        tuple(_ring_rows(nodes, bands, done, number) for number in numbers),
    )


def _needed(
    nodes: Sequence[Node], bands: Bands, done: dict[int, tuple[int, ...]], number: int, side_px: int
) -> list[int]:
    """How far down a node must be for each band of the result."""
    by_reader = [
        [_seen(bands[reader][last - 1], read)[1] for last in done[reader]]
        for reader, read in readers(nodes, number)
    ]
    return [min(max(stops), side_px) for stops in zip(*by_reader, strict=True)]


def _bands(
    node: Node, own: Interval, side_px: int, needed: Sequence[int], pace: Pace
) -> tuple[Piece, ...]:
    """Bands that end where they are needed, so that no rows are held for long.

    That makes the first band shorter than the others, and may take one band more than necessary; an
    early pace saves that one.
    """
    own_px = pace.rows_px >> node.level
    furthest = first_own_stop(node, own, own_px)
    before_end = [stop for stop in needed if stop < own[1]]
    if furthest >= own[1] or not before_end:
        return cut(node, own, side_px, own_px)
    in_time = _aligned_up(node, before_end[-1])
    first_stop = furthest - (furthest - in_time) % own_px
    fewest = count(node, own, side_px, own_px, furthest)
    if pace.early and count(node, own, side_px, own_px, first_stop) > fewest:
        end = min(own[1], side_px - node.overlap_px)
        first_stop = min(_aligned_up(node, end - (fewest - 1) * own_px), furthest)
    return cut(node, own, side_px, own_px, first_stop)


def _aligned_up(node: Node, stop: int) -> int:
    return node.aligned(stop + node.grain_px - 1)


def _ring_rows(
    nodes: Sequence[Node], bands: Bands, done: dict[int, tuple[int, ...]], number: int
) -> int:
    """The most rows between the first one still to be read and the last one computed."""
    by = readers(nodes, number)
    if not by:
        return max(piece.own_stop - piece.own_start for piece in bands[number])
    most = 0
    last_due = len(done[number]) - 1
    for due in range(last_due + 1):
        given = bands[number][done[number][min(due + _AHEAD, last_due)] - 1].own_stop
        unseen = given
        for reader, read in by:
            seen = done[reader][due - 1] if due else 0
            if seen < len(bands[reader]):
                unseen = min(unseen, _seen(bands[reader][seen], read)[0])
        most = max(most, given - max(unseen, bands[number][0].own_start))
    return most


def _bands_down_to(pieces: Sequence[Piece], stop: int) -> int:
    """How many bands it takes to have the rows above ``stop``, or all there are."""
    return min(bisect_left(pieces, stop, key=lambda piece: piece.own_stop) + 1, len(pieces))


def _seen(piece: Piece, read: Read) -> Interval:
    """The rows that a reader's band reads; some may lie outside the photo."""
    return read.window.of(piece.start, piece.stop)
