"""The tiles of a strip, handed out to workers as soon as they can be computed."""

import threading
from bisect import insort
from dataclasses import dataclass

from litedenoise_sdk.runtime.cpu.axis import PICTURE, Nodes
from litedenoise_sdk.runtime.cpu.columns import Columns
from litedenoise_sdk.runtime.cpu.schedule import Schedule, Wait


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """One band of one node in one piece of the columns, ordered by the schedule.

    Attributes:
        due: the step that needs it first.
        node, band, column: numbers.
    """

    due: int
    node: int
    band: int
    column: int


class StripWork:
    """What is to be done for one strip; safe to use from several threads.

    The tiles of one column of one node are its lane, and are computed from the top down. A node has
    one network to compute them, so that its lanes take turns.
    """

    def __init__(self, schedule: Schedule, columns: Columns) -> None:
        self._schedule = schedule
        self._neighbours = _neighbours(schedule.nodes, columns)
        self._done = [[0] * len(pieces) for pieces in columns]
        self._done[PICTURE][0] = len(schedule.bands[PICTURE])
        self._waits: dict[tuple[int, int], list[Wait]] = {}
        self._busy: set[int] = set()
        self._changed = threading.Condition()
        self._stopped = False
        self._waiting = sorted(
            self._tile(node, 0, column)
            for node, pieces in enumerate(columns)
            for column in range(len(pieces))
            if node != PICTURE
        )

    def take(self) -> Tile | None:
        """The next tile that can be computed, once there is one; None when nothing is left."""
        with self._changed:
            while not self._stopped and (self._waiting or self._busy):
                tile = self.take_ready()
                if tile is not None:
                    return tile
                self._changed.wait()
            return None

    def take_ready(self) -> Tile | None:
        """The next tile that can be computed, if there is one now."""
        with self._changed:
            for index, tile in enumerate(self._waiting):
                if tile.node not in self._busy and self._is_ready(tile):
                    del self._waiting[index]
                    self._busy.add(tile.node)
                    return tile
            return None

    def finish(self, tile: Tile) -> None:
        """The tile is computed."""
        with self._changed:
            self._busy.remove(tile.node)
            self._done[tile.node][tile.column] += 1
            if tile.band + 1 < len(self._schedule.bands[tile.node]):
                insort(self._waiting, self._tile(tile.node, tile.band + 1, tile.column))
            self._changed.notify_all()

    def stop(self) -> None:
        """From now on no tile is handed out."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def wait_for_result(self, bands: int) -> bool:
        """Waits until this many bands of the result are done; False if work stopped before."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or min(self._done[-1]) >= bands)
            return not self._stopped

    def _tile(self, node: int, band: int, column: int) -> Tile:
        return Tile(self._schedule.due(node, band), node, band, column)

    def _is_ready(self, tile: Tile) -> bool:
        neighbours = self._neighbours[tile.node][tile.column]
        return all(
            self._done[wait.node][column] >= wait.bands
            for wait in self._waits_of(tile.node, tile.band)
            for column in neighbours.get(wait.node, ())
        )

    def _waits_of(self, node: int, band: int) -> list[Wait]:
        if (node, band) not in self._waits:
            self._waits[node, band] = self._schedule.waits(node, band)
        return self._waits[node, band]


def _neighbours(nodes: Nodes, columns: Columns) -> list[list[dict[int, list[int]]]]:
    """For each piece of each node the pieces of other nodes that it reads, or that read it."""
    found: list[list[dict[int, list[int]]]] = [[{} for _ in pieces] for pieces in columns]
    for number in range(len(nodes)):
        for reader, read in nodes.readers[number]:
            for place, piece in enumerate(columns[reader]):
                first, stop = read.window.of(piece.start, piece.stop)
                seen = [
                    column
                    for column, own in enumerate(columns[number])
                    if own.own_start < stop and own.own_stop > first
                ]
                found[reader][place][number] = seen
                for column in seen:
                    found[number][column].setdefault(reader, []).append(place)
    return found
