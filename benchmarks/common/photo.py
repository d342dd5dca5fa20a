"""A synthetic photo: nothing to look at, but with smooth areas, edges, texture and noise."""

import numpy as np
from numpy.typing import NDArray

_TILE = 512
_NOISE_SIGMA = 6.0


def synthetic_photo(height: int, width: int, seed: int = 0) -> NDArray[np.uint8]:
    """A photo-like array, (height, width, 3) uint8.

    Built from one tile, so that hardly any memory is needed beyond the result.
    """
    tile = _tile(np.random.default_rng(seed))
    photo = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, _TILE):
        for left in range(0, width, _TILE):
            part = photo[top : top + _TILE, left : left + _TILE]
            part[:] = tile[: part.shape[0], : part.shape[1]]
    return photo


def _tile(rng: np.random.Generator) -> NDArray[np.uint8]:
    tile = np.full((_TILE, _TILE, 3), 110.0, np.float32)
    for octave in (4, 16, 64):
        coarse = rng.normal(0, 30 / np.sqrt(octave / 4), (octave, octave, 3)).astype(np.float32)
        tile += coarse.repeat(_TILE // octave, axis=0).repeat(_TILE // octave, axis=1)
    tile += rng.normal(0, _NOISE_SIGMA, tile.shape).astype(np.float32)
    return np.clip(np.rint(tile), 0, 255).astype(np.uint8)
