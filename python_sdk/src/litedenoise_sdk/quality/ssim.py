"""Structural similarity."""

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.errors import UnsupportedImage
from litedenoise_sdk.quality.pixels import Pixels, check_pair

_WINDOW = 7
_K1, _K2 = 0.01, 0.03
_BAND_PIXELS = 1 << 18


def ssim(reference: Pixels, image: Pixels) -> float:
    """Mean structural similarity, averaged over the channels.

    Wang, Bovik, Sheikh and Simoncelli, "Image quality assessment: from error visibility to
    structural similarity", 2004, with a uniform 7x7 window and sample covariances: what
    scikit-image computes by default with ``channel_axis=2`` and the data range of the dtype.

    Args:
        reference, image: (H, W) or (H, W, C), at least 7x7, both uint8, uint16, or float32 in
            [0, 1].

    Returns:
        The mean over all windows that lie inside the image; 1 for equal images.

    Raises:
        UnsupportedImage: the images are not comparable or smaller than the window.
    """
    peak = check_pair(reference, image)
    height, width = reference.shape[:2]
    if min(height, width) < _WINDOW:
        raise UnsupportedImage(
            f"SSIM needs images of at least {_WINDOW}x{_WINDOW} pixels; got {height}x{width}"
        )
    first, second = np.atleast_3d(reference), np.atleast_3d(image)
    windows_high, windows_wide = height - _WINDOW + 1, width - _WINDOW + 1
    rows = max(1, _BAND_PIXELS // width)
    total = 0.0
    for top in range(0, windows_high, rows):
        band = slice(top, min(top + rows, windows_high) + _WINDOW - 1)
        for channel in range(first.shape[2]):
            total += _summed(
                first[band, :, channel].astype(np.float64),
                second[band, :, channel].astype(np.float64),
                peak,
            )
    windows: int = windows_high * windows_wide * first.shape[2]
    return total / windows


def _summed(x: NDArray[np.float64], y: NDArray[np.float64], peak: float) -> float:
    """The sum of the similarity of all windows inside two (h, w) planes."""
    c1, c2 = (_K1 * peak) ** 2, (_K2 * peak) ** 2
    count = _WINDOW * _WINDOW
    unbiased = count / (count - 1)
    mean_x, mean_y = _window_means(x), _window_means(y)
    mean_xy = mean_x * mean_y
    squares = mean_x * mean_x + mean_y * mean_y
    covariance = unbiased * (_window_means(x * y) - mean_xy)
    variances = unbiased * (_window_means(x * x + y * y) - squares)
    similarity = (2 * mean_xy + c1) * (2 * covariance + c2)
    similarity /= (squares + c1) * (variances + c2)
    return float(similarity.sum())


def _window_means(plane: NDArray[np.float64]) -> NDArray[np.float64]:
    """Means of all windows inside an (h, w) plane: (h - 6, w - 6)."""
    height, width = plane.shape[0] - _WINDOW + 1, plane.shape[1] - _WINDOW + 1
    columns = plane[:, :width].copy()
    for step in range(1, _WINDOW):
        columns += plane[:, step : step + width]
    sums = columns[:height].copy()
    for step in range(1, _WINDOW):
        sums += columns[step : step + height]
    sums /= _WINDOW * _WINDOW
    return sums
