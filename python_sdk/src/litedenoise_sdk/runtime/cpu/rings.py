"""Ring buffers of tensor rows that are yet to be read."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.geometry import Box, Size


class Ring:
    """The last rows of a tensor; each new one takes the place of one that is no longer needed.

    Columns count from ``first_column`` on, which moves with the strip. Not locked: the schedule
    ensures that no worker writes where another reads.
    """

    def __init__(self, room: Size, whole: Size, zero: int, tensor: NDArray[Any]) -> None:
        """
        Args:
            room: rows and columns to hold.
            whole: height and width of the tensor.
            zero: the number that stands for 0.
            tensor: an array with the tensor's channels and dtype.
        """
        self._values = np.empty((room.height, room.width, tensor.shape[-1]), tensor.dtype)
        self._whole = whole
        self._zero = zero
        self.first_column = 0

    def write(self, place: Box, values: NDArray[Any]) -> None:
        """Stores ``values``, (height, width, channels)."""
        columns = slice(place.left - self.first_column, place.right - self.first_column)
        for held, part in self._parts(place.top, place.bottom):
            self._values[held, columns] = values[part]

    def read(self, place: Box, target: NDArray[Any]) -> None:
        """Fills ``target``, (height, width, channels); beyond the tensor there are zeros."""
        there = clear_outside(target, place, self._whole, self._zero)
        target = target[there.shifted(-place.top, -place.left).slices]
        columns = slice(there.left - self.first_column, there.right - self.first_column)
        for held, part in self._parts(there.top, there.bottom):
            target[part] = self._values[held, columns]

    def _parts(self, top: int, bottom: int) -> list[tuple[slice, slice]]:
        """Where rows are held, and which ones: they may wrap around."""
        room = len(self._values)
        first, count = top % room, bottom - top
        before_end = min(count, room - first)
        parts = [(slice(first, first + before_end), slice(0, before_end))]
        if before_end < count:
            parts.append((slice(0, count - before_end), slice(before_end, count)))
        return parts


def clear_outside(target: NDArray[Any], place: Box, whole: Size, zero: int) -> Box:
    """Writes zeros where ``target`` lies outside of a tensor, and returns the part inside."""
    there = Box(
        max(place.top, 0),
        max(place.left, 0),
        min(place.bottom, whole.height),
        min(place.right, whole.width),
    )
    target[: there.top - place.top] = zero
    target[there.bottom - place.top :] = zero
    target[:, : there.left - place.left] = zero
    target[:, there.right - place.left :] = zero
    return there
