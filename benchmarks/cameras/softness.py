"""How much softer the references of pairs are than the pictures that they belong to.

A reference is the mean of many exposures, which never lie on each other exactly.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.cameras.pictures import Picture, linear
from benchmarks.common.table import Cell, markdown, percentiles

WAVES_PX = ((16.0, 10.0), (10.0, 6.7), (6.7, 5.0), (5.0, 4.0))
"""Longest and shortest wave of each part of the spectrum."""
BLOCK_PX = 64
LEAST_COHERENCE = 0.03
"""Share of the spectrum that both pictures have in common; below it, noise decides."""


def contrasts(noisy: Picture, clean: Picture) -> Sequence[float | None]:
    """The contrast of the clean picture (H, W, 3) over that of the noisy one, for each of
    ``WAVES_PX``, both in [0, 1] and at least 64 pixels a side.

    It is the transfer function from one to the other, in linear light, where noise has no mean:
    the clean picture's power over what both have in common. 1 is equally sharp, None too noisy to
    tell.
    """
    reference, exposure = _spectra(clean), _spectra(noisy)
    common = (reference * exposure.conj()).real.sum(0)
    of_clean, of_noisy = (np.square(np.abs(one)).sum(0) for one in (reference, exposure))
    frequency = np.fft.fftfreq(BLOCK_PX)
    radius = np.hypot(frequency[:, None], frequency)
    found: list[float | None] = []
    for longest, shortest in WAVES_PX:
        inside = (radius >= 1 / longest) & (radius < 1 / shortest)
        shared, clear, seen = (float(one[inside].sum()) for one in (common, of_clean, of_noisy))
        is_clear = shared > 0 and shared**2 > LEAST_COHERENCE * clear * seen
        found.append(clear / shared if is_clear else None)
    return found


def softness_table(sources: Mapping[str, Sequence[Sequence[float | None]]]) -> str:
    """Percentiles over pictures: a row for each part of the spectrum, a column for each source."""
    rows: list[list[Cell]] = []
    for part, (longest, shortest) in enumerate(WAVES_PX):
        cells = [percentiles([one[part] for one in found]) for found in sources.values()]
        rows.append([f"waves of {longest:g} to {shortest:g} pixels", *cells])
    return markdown(["contrast of the reference", *sources], rows)


def _spectra(picture: Picture) -> NDArray[np.complexfloating]:
    """Of overlapping blocks of the mean of the colours, (blocks, 64, 64)."""
    grey = linear(picture).mean(axis=-1)
    blocks = np.lib.stride_tricks.sliding_window_view(grey, (BLOCK_PX, BLOCK_PX))
    step = BLOCK_PX // 2
    cut = blocks[::step, ::step].reshape(-1, BLOCK_PX, BLOCK_PX)
    window = np.hanning(BLOCK_PX)
    centred = cut - cut.mean(axis=(1, 2), keepdims=True)
    return np.fft.fft2(centred * window * window[:, None])
