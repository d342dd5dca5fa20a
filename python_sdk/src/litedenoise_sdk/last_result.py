"""The last result, so that another strength of the same photo needs no inference."""

import hashlib
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

_BUDGET_SHARE = 8
"""A result is kept where it takes at most 1 in this many of the memory budget."""

_BAND_VALUES = 1 << 20


Result = TypeVar("Result")


class LastResult(Generic[Result]):
    """Remembers one photo, by a digest of its pixels, and what became of it.

    Entries are replaced as a whole and their arrays never written to, so threads need no lock.
    """

    def __init__(self) -> None:
        self._entry: tuple[bytes, Result] | None = None

    def recall(self, key: bytes) -> Result | None:
        """The result of the photo with this digest; its arrays are read-only."""
        entry = self._entry
        return entry[1] if entry is not None and entry[0] == key else None

    def keep(self, key: bytes, result: Result) -> None:
        """Takes over ``result``, to whose arrays nobody may write from now on."""
        self._entry = key, result

    def forget(self) -> None:
        self._entry = None


def last_result_bytes(result_bytes: int, budget_bytes: int) -> int:
    """How much of the budget is set aside to keep a result of this size: all of it, or nothing."""
    return result_bytes if result_bytes * _BUDGET_SHARE <= budget_bytes else 0


def digest(pixels: NDArray[Any]) -> bytes:
    """A key that only equal arrays (values, shape and dtype) have in common."""
    key = hashlib.blake2b(f"{pixels.shape} {pixels.dtype}".encode(), digest_size=16)
    rows = max(1, _BAND_VALUES // max(1, pixels[0].size))
    for top in range(0, pixels.shape[0], rows):
        key.update(np.ascontiguousarray(pixels[top : top + rows]).data)
    return key.digest()
