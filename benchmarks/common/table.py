"""Markdown tables."""

from collections.abc import Sequence

import numpy as np

Cell = str | int | float | None
PERCENTILES = (10, 50, 90)


def markdown(header: Sequence[str], rows: Sequence[Sequence[Cell]], digits: int = 2) -> str:
    """A Markdown table with padded columns; floats are rounded, None becomes a dash."""
    cells = [list(header), *([cell_text(cell, digits) for cell in row] for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(header))]
    lines = [_line(line, widths) for line in cells]
    lines.insert(1, _line(["-" * width for width in widths], widths))
    return "\n".join(lines)


def cell_text(cell: Cell, digits: int = 2) -> str:
    """A float rounded, None as a dash."""
    if cell is None:
        return "-"
    if isinstance(cell, float):
        return f"{cell:.{digits}f}"
    return str(cell)


def percentiles(values: Sequence[float | None]) -> Cell:
    """The 10th, 50th and 90th, None left out."""
    found = [value for value in values if value is not None]
    if not found:
        return None
    return " / ".join(f"{value:.2f}" for value in np.percentile(found, PERCENTILES))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return "| " + " | ".join(padded) + " |"
