"""Peak signal-to-noise ratio."""

import math

import numpy as np

from litedenoise_sdk.quality.pixels import Pixels, check_pair

_BAND_VALUES = 1 << 20


def psnr(reference: Pixels, image: Pixels) -> float:
    """Peak signal-to-noise ratio over all pixels and channels, in dB.

    Args:
        reference, image: (H, W) or (H, W, C), both uint8, uint16, or float32 in [0, 1].

    Returns:
        ``10 * log10(peak**2 / MSE)`` with a peak of 255, 65535 or 1; infinity for equal images.

    Raises:
        UnsupportedImage: the images are not comparable.
    """
    peak = check_pair(reference, image)
    rows = max(1, _BAND_VALUES * reference.shape[0] // reference.size)
    total = 0.0
    # Bands keep the double-precision difference small beside a 100-megapixel photo.
    for top in range(0, reference.shape[0], rows):
        difference = np.subtract(
            reference[top : top + rows], image[top : top + rows], dtype=np.float64
        )
        total += float(np.vdot(difference, difference))
    if total == 0:
        return math.inf
    return 10 * math.log10(peak * peak * reference.size / total)
