"""How strong the denoising shows: the photo and its denoised version, mixed."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.options import Strength

BT601_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""Weights of red, green and blue in brightness, ITU-R BT.601, as JPEG uses them."""

_BAND_VALUES = 1 << 19


def blend(
    noisy: NDArray[Any], denoised: NDArray[Any], strength: Strength, out: NDArray[Any]
) -> None:
    """Writes ``noisy + weight * (denoised - noisy)`` into ``out``.

    With different strengths for luma and chroma, the difference is split: its BT.601 luma, the same
    on all three channels, takes the luma weight, and the rest the chroma weight. Full strength
    gives exactly ``denoised`` and none gives exactly ``noisy``.

    Args:
        noisy, denoised: (H, W, 3), the same dtype: uint8, uint16, or float32 in [0, 1].
        out: the same shape and dtype; may be ``noisy`` or ``denoised`` itself.
    """
    luma, chroma = strength.luma_weight, strength.chroma_weight
    if luma == chroma and luma in (0.0, 1.0):
        np.copyto(out, denoised if luma else noisy)
        return
    rows = max(1, _BAND_VALUES // (3 * noisy.shape[1]))
    for top in range(0, noisy.shape[0], rows):
        band = slice(top, top + rows)
        out[band] = _blend_band(noisy[band], denoised[band], luma, chroma)


def _blend_band(
    noisy: NDArray[Any], denoised: NDArray[Any], luma: float, chroma: float
) -> NDArray[Any]:
    mixed = noisy.astype(np.float32)
    difference = denoised - mixed
    if luma != chroma:
        mixed += np.float32(luma - chroma) * (difference @ BT601_LUMA)[..., None]
    difference *= np.float32(chroma)
    mixed += difference
    if noisy.dtype.kind == "u":
        mixed += np.float32(0.5)  # the cast below rounds down
    largest = np.iinfo(noisy.dtype).max if noisy.dtype.kind == "u" else 1
    return mixed.clip(0, largest, out=mixed).astype(noisy.dtype, copy=False)
