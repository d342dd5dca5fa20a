"""A stage opened for its tiles."""

from typing import Any

from numpy.typing import NDArray

from litedenoise_sdk.geometry import Size, ceil_to
from litedenoise_sdk.model.graph import Graph
from litedenoise_sdk.model.stages import Cutter, Stage, input_sizes
from litedenoise_sdk.model.widen import pixels_side_by_side, widened
from litedenoise_sdk.runtime.interpreter import LiteRtInterpreter


class TileNetwork:
    """A stage for tiles of one size. Not to be used by two threads at a time.

    Where the processor multiplies matrices, pixels lie side by side (``model.widen``), and the
    network may take a few columns more than a tile has. A tile at the photo's right border then
    lies at their right end, as the network puts zeros beyond its own border; any other at their
    left end. What the columns left over hold does not matter: near a border that is not the photo's
    nothing is kept.
    """

    def __init__(
        self,
        graph: Graph,
        cutter: Cutter,
        stage: Stage,
        padded: Size,
        tile: Size,
        threads: int,
        *,
        widens: bool,
    ) -> None:
        """Opens the stage.

        Args:
            graph: the whole network.
            cutter: of its file.
            padded: the photo.
            tile: height and width of the output.
            threads: CPU threads, at least 1.
            widens: whether pixels may lie side by side.

        Raises:
            DelegateError: LiteRT is not installed or cannot open the model, or memory ran out.
        """
        pixels = pixels_side_by_side(graph, stage) if widens else 1
        wide = Size(tile.height, ceil_to(tile.width, pixels))
        content, sees = cutter.cut(stage, wide), input_sizes(stage, wide)[0]
        if pixels > 1:
            content = widened(content, pixels)
            together = pixels * stage.inputs[0][1].stride
            sees = Size(sees.height, -(-sees.width // together))
        self._network = LiteRtInterpreter(
            content, threads, padded, sees=sees, gives=Size(wide.height, wide.width // pixels)
        )
        self._inputs = list(zip(stage.inputs, input_sizes(stage, tile), strict=True))
        self._graph, self._stage = graph, stage
        self._last_column = padded.width >> stage.level
        self._spare_px = wide.width - tile.width

    def input(self, number: int, stop: int) -> NDArray[Any]:
        """The memory of an input, (height, width, channels), to write to.

        Args:
            stop: the column of the photo, at the stage's resolution, that the tile ends before.
        """
        (tensor, window), size = self._inputs[number]
        first = self._first_column(stop) * window.stride
        return self._values(self._network.input(number), tensor)[:, first : first + size.width]

    def invoke(self) -> None:
        """Computes the tile. Raises DelegateError if LiteRT fails."""
        self._network.invoke()

    def output(self, stop: int) -> NDArray[Any]:
        """The memory of the tile, (height, width, channels)."""
        first = self._first_column(stop)
        return self._values(self._network.output(), self._stage.output)[:, first:]

    def _first_column(self, stop: int) -> int:
        return self._spare_px if stop == self._last_column else 0

    def _values(self, held: NDArray[Any], tensor: int) -> NDArray[Any]:
        return held.reshape(len(held), -1, self._graph.tensors[tensor].shape[-1])
