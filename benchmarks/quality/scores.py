"""The scores of a denoised picture: of the whole, and of its parts."""

import math
from collections.abc import Mapping
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from benchmarks.common.pairs import RGB
from litedenoise_sdk.quality import psnr, ssim

_PARTS = ("luma", "chroma", "dark", "flat", "texture", "edges")
PSNRS = ("psnr", *_PARTS)
"""PSNR in dB of the whole picture and of its parts."""
SSIMS = ("ssim", *(f"ssim_{part}" for part in _PARTS))
"""SSIM of the same."""
SHIFT = "shift"
"""The largest difference of a colour's mean from the reference's, in levels of 255."""
SCORES = (*PSNRS, *SSIMS, SHIFT)

Scores = Mapping[str, float | None]

_PEAK = 255.0
_DARK_BELOW = 50.0
_FLAT_BELOW, _EDGES_FROM = 2.0, 12.0
_WINDOW = 7

# ITU-R BT.601: luma and the two colour differences, each spanning 0 to 255.
_YCBCR = np.array(
    [
        [0.299, 0.587, 0.114],
        [-0.168736, -0.331264, 0.5],
        [0.5, -0.418688, -0.081312],
    ],
    np.float32,
)


def score(reference: RGB, denoised: RGB) -> Scores:
    """All scores of one picture, both (H, W, 3) uint8, at least 7x7.

    ``dark`` is where the reference's luma, averaged over 7x7 pixels, is below 50; ``flat``,
    ``texture`` and ``edges`` are where its standard deviation over 7x7 pixels is below 2, from 2
    to 12, and above. A part that the picture lacks scores None.
    """
    difference = denoised.astype(np.float32) - reference
    squared = np.square(difference)
    per_pixel = squared.mean(axis=2)
    turned = np.square(difference @ _YCBCR.T)
    luma = reference.astype(np.float32) @ _YCBCR[0]
    average, deviation = _local(luma)
    edges = deviation >= _EDGES_FROM
    flat = deviation < _FLAT_BELOW
    areas = {
        "dark": average < _DARK_BELOW,
        "flat": flat,
        "texture": ~flat & ~edges,
        "edges": edges,
    }
    similarity = _similarity(reference, denoised).mean(axis=2)
    colours = _similarity(reference @ _YCBCR.T, denoised @ _YCBCR.T)
    return {
        "psnr": psnr(reference, denoised),
        "luma": _decibels(turned[..., 0]),
        "chroma": _decibels(turned[..., 1:]),
        **{name: _decibels(per_pixel[area]) for name, area in areas.items()},
        SHIFT: float(np.abs(difference.mean(axis=(0, 1), dtype=np.float64)).max()),
        "ssim": ssim(reference, denoised),
        "ssim_luma": _average(colours[..., 0]),
        "ssim_chroma": _average(colours[..., 1:]),
        **{f"ssim_{name}": _average(similarity[_inside(area)]) for name, area in areas.items()},
    }


def _similarity(reference: NDArray[Any], denoised: NDArray[Any]) -> NDArray[np.floating[Any]]:
    """SSIM around each pixel and channel whose window lies in the picture."""
    from skimage.metrics import structural_similarity

    _, everywhere = structural_similarity(
        reference, denoised, win_size=_WINDOW, channel_axis=2, data_range=_PEAK, full=True
    )
    return cast(NDArray[np.floating[Any]], _inside(everywhere))


def _inside(pixels: NDArray[Any]) -> NDArray[Any]:
    """Without the border where the window of SSIM would leave the picture."""
    border = _WINDOW // 2
    return pixels[border:-border, border:-border]


def _average(values: NDArray[np.floating[Any]]) -> float | None:
    return float(values.mean(dtype=np.float64)) if values.size else None


def _decibels(squared_errors: NDArray[np.float32]) -> float | None:
    if squared_errors.size == 0:
        return None
    error = float(squared_errors.mean(dtype=np.float64))
    return 10 * math.log10(_PEAK * _PEAK / error) if error else math.inf


def _local(luma: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean and standard deviation over the 7x7 pixels around each pixel, edges mirrored."""
    import cv2

    window = (_WINDOW, _WINDOW)
    average = cv2.blur(luma, window)
    # Around the picture's own mean, so that single precision does not swallow the variance.
    centred = luma - luma.mean()
    variance = cv2.blur(centred * centred, window) - np.square(cv2.blur(centred, window))
    return average, np.sqrt(np.maximum(variance, 0))
