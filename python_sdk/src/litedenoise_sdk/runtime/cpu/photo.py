"""A photo through a stream, strip by strip, even where its result takes its place."""

from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

from litedenoise_sdk.geometry import Box
from litedenoise_sdk.runtime.cpu.plan import RowsPlan
from litedenoise_sdk.runtime.cpu.stream import Stream
from litedenoise_sdk.runtime.protocol import Take
from litedenoise_sdk.tiling.axis import MARGIN_PX
from litedenoise_sdk.tiling.stitch import mirrored, source_indices


def denoise_photo(
    stream: Stream,
    plan: RowsPlan,
    photo: NDArray[Any],
    take: Take,
    progress: Callable[[int], None],
) -> None:
    """Denoises ``photo``, (H, W, 3), and gives each pixel to ``take`` once, which may write to the
    place in ``photo`` that it is given.

    Args:
        stream: opened for ``plan``.
        progress: called with the number of blocks that are done.

    Raises:
        DelegateError: LiteRT failed.
    """
    original, bands = Original(photo), plan.grid.height

    def picture(place: Box) -> NDArray[Any]:
        return original.part(place.shifted(-MARGIN_PX, -MARGIN_PX))

    def result(place: Box, pixels: NDArray[Any]) -> None:
        take(place.shifted(-MARGIN_PX, -MARGIN_PX), pixels)

    for strip, (_, stop) in enumerate(plan.strips):
        following = None
        if strip + 1 < len(plan.strips):
            left = max(plan.reach(strip + 1) - MARGIN_PX, 0)
            following = original.with_kept(left, stop - MARGIN_PX)

        def tell(done: int, before: int = strip * bands) -> None:
            progress(before + done)

        stream.run(strip, picture, result, tell)
        original = following or original


class Original:
    """A photo as it was, of which the strips on the left may be overwritten by now.

    Within a strip nothing has to be kept: whoever reads a pixel has done so before everything is
    there that the pixel's own result takes.

    Args:
        photo: (H, W, 3).
        kept: columns of it that are overwritten and still read.
        first_column: the first of them; those further left are not read any more.
    """

    def __init__(
        self, photo: NDArray[Any], kept: NDArray[Any] | None = None, first_column: int = 0
    ) -> None:
        self._photo = photo
        self._kept = photo[:, :0] if kept is None else kept
        self._first_column = first_column

    def with_kept(self, left: int, right: int) -> "Original":
        """The same photo once everything up to the column ``right`` is overwritten, of which
        everything from ``left`` on is still read."""
        kept = self.part(Box(0, left, self._photo.shape[0], right)).copy()
        return Original(self._photo, kept, left)

    def part(self, wanted: Box) -> NDArray[Any]:
        """Pixels (h, w, 3) that may lie beyond the photo's edges; read-only."""
        pixels = mirrored(self._photo, wanted)
        height, width = self._photo.shape[:2]
        columns = source_indices(wanted.left, wanted.right, width)
        lost = columns < self._first_column + self._kept.shape[1]
        if not lost.any():
            return pixels
        rows = source_indices(wanted.top, wanted.bottom, height)
        pixels = pixels.copy()
        pixels[:, lost] = self._kept[rows[:, None], columns[lost] - self._first_column]
        return pixels
