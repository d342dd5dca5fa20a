"""Rows in, rows out: a photo that comes from the top down, and leaves as soon as it is denoised."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.geometry import Box
from litedenoise_sdk.runtime.cpu.plan import RowsPlan
from litedenoise_sdk.runtime.cpu.stream import Stream
from litedenoise_sdk.runtime.cpu.work import PICTURE
from litedenoise_sdk.tiling.axis import MARGIN_PX
from litedenoise_sdk.tiling.stitch import source_indices

_MIRRORED_PX = 4 * MARGIN_PX
"""Rows beyond the photo's end show rows that lie up to so many above them."""


def denoise_rows(
    stream: Stream, plan: RowsPlan, rows: Iterable[NDArray[Any]]
) -> Iterator[NDArray[Any]]:
    """Denoises a photo while it is read.

    Args:
        stream: opened for ``plan``.
        plan: of one strip.
        rows: parts of the photo from the top down, (rows, width, 3) of one dtype, as many rows
            each as may be. Read no further than is needed for what has been taken of the result.

    Yields:
        The same rows denoised, in parts of other heights.

    Raises:
        ValueError: a plan of several strips, or rows that are not those of the planned photo.
        DelegateError: LiteRT failed.
    """
    if len(plan.strips) != 1:
        raise ValueError(f"expected a plan of one strip, got one of {len(plan.strips)}")
    picture = _FedPicture(plan, rows)
    result: dict[int, NDArray[Any]] = {}
    bands = plan.schedule.bands[-1]
    numbers = {band.own_start: number for number, band in enumerate(bands)}

    def write(place: Box, pixels: NDArray[Any]) -> None:
        left = place.left - MARGIN_PX
        result[numbers[place.top]][:, left : left + pixels.shape[1]] = pixels

    for number, band in enumerate(bands):  # takes memory when it is written to
        shape = band.own_stop - band.own_start, picture.width, 3
        result[number] = np.empty(shape, picture.dtype)
    with stream.working(0, picture.window, write, fed=True) as work:
        for number in range(len(bands)):
            while work.needs_picture(number + 1):
                picture.read_band()
                work.feed()
            if not work.wait_for_result(number + 1):
                break
            yield result.pop(number)


class _FedPicture:
    """The last rows of a photo that is read from the top down."""

    def __init__(self, plan: RowsPlan, rows: Iterable[NDArray[Any]]) -> None:
        self._parts = iter(rows)
        self._left_over = self._next_part()
        self.width = plan.strips[0][1] - plan.strips[0][0]
        self.dtype = self._left_over.dtype
        self._height = plan.rows[1] - plan.rows[0]
        self._bands = iter(plan.schedule.bands[PICTURE])
        room = min(plan.schedule.ring_rows[PICTURE] + _MIRRORED_PX, self._height)
        self._rows = np.empty((room, self.width, 3), self.dtype)
        self._read = 0

    def read_band(self) -> None:
        """Reads on until the next band is there, with what is mirrored in it."""
        stop = next(self._bands).own_stop - MARGIN_PX
        stop = min(max(stop, MARGIN_PX + 1), self._height)
        while self._read < stop:
            if not len(self._left_over):
                self._left_over = self._next_part()
            part = self._left_over[: stop - self._read]
            if part.shape[1:] != self._rows.shape[1:] or part.dtype != self.dtype:
                raise ValueError(
                    f"expected rows of shape {self._rows.shape[1:]} and {self.dtype}, got "
                    f"{part.shape[1:]} and {part.dtype}"
                )
            places = np.arange(self._read, self._read + len(part)) % len(self._rows)
            self._rows[places] = part
            self._read += len(part)
            self._left_over = self._left_over[len(part) :]

    def window(self, place: Box) -> NDArray[Any]:
        """A part of the padded picture."""
        top, bottom = place.top - MARGIN_PX, place.bottom - MARGIN_PX
        left, right = place.left - MARGIN_PX, place.right - MARGIN_PX
        rows = source_indices(top, bottom, self._height) % len(self._rows)
        columns = source_indices(left, right, self.width)
        pixels: NDArray[Any] = self._rows[rows[:, None], columns]
        return pixels

    def _next_part(self) -> NDArray[Any]:
        for part in self._parts:
            if len(part):
                return part
        raise ValueError("expected more rows: the photo ended before its last one")
