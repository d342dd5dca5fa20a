"""What the measures accept: two arrays of one shape and one of the SDK's pixel types."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.errors import UnsupportedImage

Pixels = NDArray[Any]

# The largest value of each pixel type; float photographs lie in [0, 1].
DATA_RANGE: dict[np.dtype[Any], float] = {
    np.dtype(np.uint8): 255.0,
    np.dtype(np.uint16): 65535.0,
    np.dtype(np.float32): 1.0,
}


def check_pair(first: Pixels, second: Pixels) -> float:
    """The data range of two comparable images.

    Raises:
        UnsupportedImage: the two differ in shape or dtype, are empty, are not (H, W) or (H, W, C),
            or are of a dtype other than uint8, uint16 and float32.
    """
    if first.shape != second.shape:
        raise UnsupportedImage(
            f"both images must have the same shape; got {first.shape} and {second.shape}"
        )
    if first.dtype != second.dtype or first.dtype not in DATA_RANGE:
        raise UnsupportedImage(
            "both images must have the same dtype, uint8, uint16 or float32; "
            f"got {first.dtype} and {second.dtype}"
        )
    if first.ndim not in (2, 3) or first.size == 0:
        raise UnsupportedImage(
            f"images must be (H, W) or (H, W, C) and not empty; got {first.shape}"
        )
    return DATA_RANGE[first.dtype]
