"""Runs a plan: workers take tiles, and rows wait in rings for whoever reads them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.errors import DelegateError
from litedenoise_sdk.geometry import Box, Size
from litedenoise_sdk.model.load import LoadedModel
from litedenoise_sdk.model.stages import Cutter
from litedenoise_sdk.runtime.cpu.axis import PICTURE, Piece
from litedenoise_sdk.runtime.cpu.features import has_matrix_units
from litedenoise_sdk.runtime.cpu.plan import RowsPlan
from litedenoise_sdk.runtime.cpu.rings import Ring, clear_outside
from litedenoise_sdk.runtime.cpu.tile_network import TileNetwork
from litedenoise_sdk.runtime.cpu.work import StripWork
from litedenoise_sdk.runtime.pixels import read_output, write_input

_WORKERS = 2
"""While the values of one tile are copied, another one is computed."""

Picture = Callable[[Box], NDArray[Any]]
"""Gives pixels of the padded picture, (height, width, 3); called from several threads."""

Result = Callable[[Box, NDArray[Any]], None]
"""Takes denoised pixels, with their place in the padded picture; called from several threads."""


class Stream:
    """A network opened for one plan. Not to be used by two threads at a time."""

    def __init__(self, model: LoadedModel, plan: RowsPlan, threads: int) -> None:
        """Opens the stages.

        Args:
            threads: CPU threads, at least 1.

        Raises:
            DelegateError: LiteRT is not installed or cannot open the model, or memory ran out.
        """
        self._plan = plan
        self._workers = min(threads, _WORKERS)
        self._widens = has_matrix_units()
        self._picture_zero = model.graph.tensors[model.graph.input].zero_point or 0
        self._networks: list[TileNetwork] = []
        self._rings: list[Ring] = []
        cutter = Cutter(model.content, model.graph)
        try:
            for number in range(len(plan.network.stages)):
                self._open(model, cutter, number, -(-threads // self._workers))
        except MemoryError as error:
            raise DelegateError(
                f"LiteRT cannot open the model for blocks of {plan.padded}: memory ran out; "
                "try a smaller max_memory_mb"
            ) from error

    def _open(self, model: LoadedModel, cutter: Cutter, number: int, threads: int) -> None:
        """Opens a stage, and its ring; the result has none."""
        stage, tile = self._plan.network.stages[number], self._plan.tiles[number]
        padded = self._plan.padded
        network = TileNetwork(
            model.graph, cutter, stage, padded, tile, threads, widens=self._widens
        )
        self._networks.append(network)
        if number < len(self._plan.rings):
            whole = Size(padded.height >> stage.level, padded.width >> stage.level)
            zero = model.graph.tensors[stage.output].zero_point or 0
            self._rings.append(Ring(self._plan.rings[number], whole, zero, network.output(0)))

    def run(
        self, strip: int, picture: Picture, result: Result, progress: Callable[[int], None]
    ) -> None:
        """Computes a strip.

        Args:
            progress: called in this thread with the number of bands of the result that are done;
                whatever it raises stops the work.

        Raises:
            DelegateError: LiteRT failed.
        """
        columns = self._plan.columns[strip]
        for ring, pieces in zip(self._rings, columns[1:], strict=False):
            ring.first_column = pieces.own[0]
        work = StripWork(self._plan.schedule, columns)
        with ThreadPoolExecutor(self._workers, "litedenoise-tile") as pool:
            workers = [
                pool.submit(self._compute_all, work, strip, picture, result)
                for _ in range(self._workers)
            ]
            try:
                for band in range(len(self._plan.schedule.bands[-1])):
                    if not work.wait_for_result(band + 1):
                        break
                    progress(band + 1)
            finally:
                work.stop()
        for worker in workers:
            worker.result()

    def _compute_all(self, work: StripWork, strip: int, picture: Picture, result: Result) -> None:
        try:
            while (tile := work.take()) is not None:
                rows = self._plan.schedule.bands[tile.node][tile.band]
                columns = self._plan.columns[strip][tile.node][tile.column]
                self._compute(tile.node, rows, columns, picture, result)
                work.finish(tile)
        except BaseException:
            work.stop()
            raise

    def _compute(
        self, node: int, rows: Piece, columns: Piece, picture: Picture, result: Result
    ) -> None:
        network = self._networks[node - 1]
        for number, read in enumerate(self._plan.network.nodes[node].reads):
            (top, bottom), (left, right) = (
                read.window.of(piece.start, piece.stop) for piece in (rows, columns)
            )
            box, target = Box(top, left, bottom, right), network.input(number, columns.stop)
            if read.node == PICTURE:
                self._see(picture, box, target)
            else:
                self._rings[read.node - 1].read(box, target)
        del target
        network.invoke()
        own = Box(rows.own_start, columns.own_start, rows.own_stop, columns.own_stop)
        values = network.output(columns.stop)[own.shifted(-rows.start, -columns.start).slices]
        if node <= len(self._rings):
            self._rings[node - 1].write(own, values)
        else:
            result(own, read_output(picture(own), values[np.newaxis]))

    def _see(self, picture: Picture, box: Box, target: NDArray[Any]) -> None:
        there = clear_outside(target, box, self._plan.padded, self._picture_zero)
        write_input(picture(there), target[there.shifted(-box.top, -box.left).slices][np.newaxis])
