"""numpy arrays that callers hand in, checked once."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.errors import UnsupportedImage
from litedenoise_sdk.imageio.canvas import band_rows
from litedenoise_sdk.imageio.depth import rows_as
from litedenoise_sdk.imageio.photo import Photo, Pixels, repeat_grey

OVERSHOOT = 0.01
"""How far resampling may overshoot [0, 1]; values beyond that are on another scale."""
_EXPECTED = "expected an array (H, W), (H, W, 1), (H, W, 3) or (H, W, 4)"
_ADVICE = {
    "float64": "Use image.astype(numpy.float32), scaled to [0, 1]",
    "float16": "Use image.astype(numpy.float32), scaled to [0, 1]",
    "bool": "A bilevel picture has no noise to remove",
}


def photo_from_array(array: NDArray[Any]) -> Photo:
    """See an array as a photo, without copying it.

    Args:
        array: (H, W), (H, W, 1), (H, W, 3) RGB or (H, W, 4) RGBA; uint8, uint16, or float32 in
            [0, 1].

    Raises:
        UnsupportedImage: another shape or dtype, no pixels, NaN, or values outside [0, 1].
    """
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (1, 3, 4)):
        hint = ""
        if array.ndim == 3 and array.shape[0] in (1, 3, 4):
            hint = ". It looks like channels first: use image.transpose(1, 2, 0)"
        elif array.ndim == 4:
            hint = ". It looks like a batch: denoise its pictures one by one"
        raise UnsupportedImage(f"{_EXPECTED}; got {array.shape}{hint}")
    if array.size == 0:
        raise UnsupportedImage(f"{_EXPECTED} with at least one pixel; got {array.shape}")
    if array.dtype.newbyteorder("=") not in (np.uint8, np.uint16, np.float32):
        advice = _ADVICE.get(array.dtype.name, "Use image.astype() with one of these")
        raise UnsupportedImage(
            f"expected an array of uint8, uint16, or float32 in [0, 1]; got {array.dtype}. {advice}"
        )
    notes: tuple[str, ...] = ()
    if array.dtype.kind == "f":
        array, notes = _in_range(array)
    if not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    if array.ndim == 2:
        return Photo(repeat_grey(array), grey=True, notes=notes)
    if array.shape[2] == 1:
        return Photo(repeat_grey(array[..., 0]), grey=True, notes=notes)
    return Photo(array[..., :3], array[..., 3] if array.shape[2] == 4 else None, notes=notes)


def array_like(original: NDArray[Any], pixels: Pixels) -> NDArray[Any]:
    """Denoised (H, W, 3) pixels in the shape and dtype of the array they came from.

    Returns:
        A new array, or ``pixels`` itself if it is already right. Alpha is the
        original's.
    """
    if original.ndim == 3 and original.shape[2] == 3 and original.dtype.isnative:
        return pixels
    result = np.empty_like(original, subok=False)
    if original.ndim == 3 and original.shape[2] >= 3:
        result[..., :3] = pixels
        result[..., 3:] = original[..., 3:]
        return result
    planes = result if result.ndim == 3 else result[..., np.newaxis]
    rows = band_rows(planes.shape[1], 16)
    for top in range(0, planes.shape[0], rows):
        band = slice(top, top + rows)
        planes[band] = rows_as(pixels[band], pixels.dtype, grey=True)
    return result


def _in_range(array: NDArray[Any]) -> tuple[NDArray[Any], tuple[str, ...]]:
    """The array with small overshoots clipped, and a note if there were any."""
    # Minimum and maximum of anything with a NaN are NaN; no temporary of the photo's size.
    low, high = float(array.min()), float(array.max())
    if np.isnan(low) or np.isinf(low) or np.isinf(high):
        raise UnsupportedImage(
            "expected finite float32 values; got NaN or infinity. Use numpy.nan_to_num(image)"
        )
    if low >= 0 and high <= 1:
        return array, ()
    if low < -OVERSHOOT or high > 1 + OVERSHOOT:
        advice = "Divide by 255" if 1 < high <= 255 and low >= 0 else "Scale them"
        raise UnsupportedImage(
            f"expected float32 values in [0, 1]; got {low:g} to {high:g}. {advice}, "
            "or use numpy.clip(image, 0, 1)"
        )
    return array.clip(0, 1), (f"values from {low:g} to {high:g} were clipped to [0, 1]",)
