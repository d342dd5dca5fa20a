"""How far noise shifts colours: by how much of it there is, and how bright the place is.

A concave tone curve makes noisy places darker, clipping at black makes them brighter. A network
that cannot tell how much of each there is assumes the camera's usual mixture, so the camera's has
to be that of real sensors.
"""

import itertools
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from benchmarks.cameras.pictures import Picture
from benchmarks.common.table import Cell, markdown

SIDE_PX = 128
NOISE = (5, 12, 20, 28, 36, 60)
BRIGHTNESS = (0, 30, 60, 110, 256)
"""Borders between groups of squares: standard deviation and mean, in levels of 255."""
FEWEST = 4
"""Squares of a colour that make a figure."""


def shifts(pairs: Iterable[tuple[Picture, Picture]]) -> NDArray[np.float64]:
    """Standard deviation of the noise, mean of the reference and mean shift, in levels of 255, of
    each colour of each square: (N, 3). Pairs are (H, W, 3) in [0, 1]."""
    found = []
    for noisy, clean in pairs:
        height, width = noisy.shape[:2]
        for top in range(0, height - SIDE_PX + 1, SIDE_PX // 2):
            for left in range(0, width - SIDE_PX + 1, SIDE_PX // 2):
                square = slice(top, top + SIDE_PX), slice(left, left + SIDE_PX)
                error = (noisy[square] - clean[square]).reshape(-1, 3)
                mean = clean[square].reshape(-1, 3).mean(0)
                found.append(255 * np.stack([error.std(0), mean, error.mean(0)], axis=-1))
    return np.concatenate(found) if found else np.empty((0, 3))


def shift_table(sources: Mapping[str, NDArray[np.float64]]) -> str:
    """Mean and standard deviation of the shift: a row for each group, a column for each source."""
    rows: list[list[Cell]] = []
    for least, most in itertools.pairwise(NOISE):
        for dark, bright in itertools.pairwise(BRIGHTNESS):
            group = f"noise {least} to {most}, brightness {dark} to {bright}"
            cells = [_mean(found, (least, most), (dark, bright)) for found in sources.values()]
            if any(cells):
                rows.append([group, *cells])
    return markdown(["shift in levels", *sources], rows)


def _mean(found: NDArray[np.float64], noise: tuple[int, int], brightness: tuple[int, int]) -> Cell:
    std, mean, shift = found.T
    inside = (std >= noise[0]) & (std < noise[1]) & (mean >= brightness[0]) & (mean < brightness[1])
    if inside.sum() < FEWEST:
        return None
    return f"{shift[inside].mean():.1f} ± {shift[inside].std():.1f} ({inside.sum()})"
