"""A table of a report, and how its cells are written."""

from dataclasses import dataclass

from benchmarks.common.ratio import Ratio
from benchmarks.common.table import Cell, cell_text

_LONG = 40


@dataclass(frozen=True, slots=True)
class Table:
    """A titled table with a line of explanation.

    Attributes:
        header: one name a column.
        rows: numbers and texts; None for missing ones.
    """

    title: str
    text: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def prose(self) -> list[bool]:
        """For each column but the first, whether its text is long enough to wrap."""
        columns = zip(*self.cells, strict=True)
        long = [any(len(cell) > _LONG for cell in column) for column in columns]
        return [False, *long[1:]]

    @property
    def cells(self) -> list[list[str]]:
        """The rows as text, rounded."""
        return [[cell_text(cell) for cell in row] for row in self.rows]


def interval(ratio: Ratio) -> str | None:
    return None if ratio.low is None else f"{ratio.low:.2f} to {ratio.high:.2f}"


def percent(share: float | None) -> Cell:
    return None if share is None else f"{100 * share:+.1f}"


def milliseconds(microseconds: float | None) -> float | None:
    return None if microseconds is None else microseconds / 1e3


def megabytes(size: int | None) -> Cell:
    return None if size is None else round(size / 1e6)
