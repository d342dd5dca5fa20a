"""When each stage computes which rows, and when rows can be dropped: whole numbers only, no pixels.

The result pulls. It is asked for step by step, a few rows at a time, and for each step every stage
computes the bands of rows that it depends on, and no more. So the ring of rows behind each stage is
as short as possible, and its length is known before anything runs.

What a band waits for always has one form, "this many bands of that stage are done": of the stages
it reads, so that its rows are ready, and of the stages that read it, so that its rows have room in
the ring. Bands are computed in tiles, and a tile waits only for the tiles of the columns that it
depends on. In the schedule's own order nothing ever waits; workers may take any tile whose wait is
over.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from litedenoise_sdk.runtime.cpu.axis import (
    Interval,
    Node,
    Nodes,
    Pieces,
    Positions,
    count,
    cut,
    first_own_stop,
    wanted,
)

_LONGER = 2
"""Bands that overlap are so many times as long as others, so that less is computed twice."""

_NEVER = 1 << 40
"""Beyond any photo."""

_AHEAD = 2
"""How many steps the stages may run ahead, so that no worker is idle. With one, two workers wait a
sixth of their time; with three, no less than with two."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How many rows are computed at a time.

    Attributes:
        rows_px: of the result in a step; a multiple of the network's stride.
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
        done: how many of them are done after each step, for each node.
        ring_rows: rows of each node that are held at a time; of the result, a band's.
    """

    nodes: Nodes
    bands: tuple[Pieces, ...]
    done: tuple[tuple[int, ...], ...]
    ring_rows: tuple[int, ...]

    def due(self, node: int, band: int) -> int:
        """The first step that needs this band. In the schedule's own order bands go by this, then
        by node, then from the top down."""
        return bisect_left(self.done[node], band + 1)

    def waits(self, node: int, band: int) -> list[Wait]:
        """What must be done before this band is computed."""
        rows = self.bands[node][band]
        waits = [
            Wait(read.node, self.bands[read.node].down_to(read.window.of(rows.start, rows.stop)[1]))
            for read in self.nodes[node].reads
        ]
        taken = rows.own_stop - self.ring_rows[node]
        if taken <= self.bands[node].own[0]:
            return waits
        for reader, read in self.nodes.readers[node]:
            # Those that read a row whose room is reused.
            starts = self.bands[reader].starts
            bands = int(np.searchsorted(read.window.of(starts, starts)[0], taken))
            if bands:
                waits.append(Wait(reader, bands))
        return waits


def band_rows(node: Node, rows_px: int) -> int:
    """How many rows a node computes at a time, at its level.

    Args:
        rows_px: as in ``Pace``.
    """
    return (rows_px * (_LONGER if node.overlap_px else 1)) >> node.level


def schedule(nodes: Nodes, side_px: int, kept: Interval, pace: Pace) -> Schedule:
    """Schedules a photo, or the part of it that is kept.

    Args:
        side_px: height of the padded photo, a multiple of the network's stride.
        kept: the rows of it that are asked for.
        pace: how many rows at a time.
    """
    bands: dict[int, Pieces] = {}
    done: dict[int, Positions] = {}
    edges: dict[int, _Edges] = {}
    ring_rows: dict[int, int] = {}
    for number in reversed(range(len(nodes))):
        side = side_px >> nodes[number].level
        readers = [(edges[reader], read.window) for reader, read in nodes.readers[number]]
        if readers:
            own = wanted(nodes, bands, number, side)
            furthest = [window.of(reader.read, reader.read)[1] for reader, window in readers]
            needed = np.minimum(np.maximum.reduce(furthest), side)
        else:
            own = kept
            needed = np.array([*range(own[0] + pace.rows_px, own[1], pace.rows_px), own[1]])
        bands[number] = _bands(nodes[number], own, side, needed, pace)
        done[number] = bands[number].all_down_to(needed)
        edges[number] = _Edges.of(bands[number], done[number])
        unread = [window.of(reader.unread, reader.unread)[0] for reader, window in readers]
        ring_rows[number] = _ring_rows(bands[number], done[number], unread)
    numbers = range(len(nodes))
    return Schedule(
        nodes,
        tuple(bands[number] for number in numbers),
        tuple(tuple(done[number].tolist()) for number in numbers),
        tuple(ring_rows[number] for number in numbers),
    )


@dataclass(frozen=True, slots=True)
class _Edges:
    """How far a node is.

    Attributes:
        unread: where it goes on before each step.
        read: the end of what it computes up to each step.
    """

    unread: Positions
    read: Positions

    @classmethod
    def of(cls, bands: Pieces, done: Positions) -> "_Edges":
        starts = bands.starts
        to_come = np.append(starts, _NEVER)
        before = np.concatenate(([0], done[:-1]))
        return cls(to_come[before], starts[done - 1] + bands.length_px)


def _bands(node: Node, own: Interval, side_px: int, needed: Positions, pace: Pace) -> Pieces:
    """Bands that end where they are needed, so that no rows are held for long.

    That makes the first band shorter than the others, and may take one band more than necessary; an
    early pace saves that one.
    """
    own_px = band_rows(node, pace.rows_px)
    furthest = first_own_stop(node, own, own_px)
    before_end = needed[needed < own[1]]
    if furthest >= own[1] or not before_end.size:
        return cut(node, own, side_px, own_px)
    in_time = _aligned_up(node, int(before_end[-1]))
    first_stop = furthest - (furthest - in_time) % own_px
    fewest = count(node, own, side_px, own_px, furthest)
    if pace.early and count(node, own, side_px, own_px, first_stop) > fewest:
        end = min(own[1], side_px - node.overlap_px)
        first_stop = min(_aligned_up(node, end - (fewest - 1) * own_px), furthest)
    return cut(node, own, side_px, own_px, first_stop)


def _aligned_up(node: Node, stop: int) -> int:
    return node.aligned(stop + node.grain_px - 1)


def _ring_rows(bands: Pieces, done: Positions, unread: Sequence[Positions]) -> int:
    """The most rows between the first one still to be read and the last one computed.

    Args:
        unread: the first row that each reader still reads, before each step.
    """
    first, own_stops = bands.own[0], bands.own_stops
    if not unread:
        return int(np.diff(own_stops, prepend=first).max())
    given = own_stops[np.append(done[_AHEAD:], done[-1:].repeat(min(_AHEAD, done.size))) - 1]
    still = np.minimum.reduce([given, *unread])
    return int((given - np.maximum(still, first)).max())
