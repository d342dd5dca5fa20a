"""Pictures as an 8-bit file holds them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.common.pairs import RGB


def eight_bits(picture: NDArray[np.floating[Any]]) -> RGB:
    """A picture in [0, 1], (H, W, 3), clipped and rounded to uint8."""
    pixels: RGB = np.rint(picture.clip(0, 1) * 255).astype(np.uint8)
    return pixels
