"""Measures denoised pixels and mixes them with the photo, part by part."""

from typing import Any

from numpy.typing import NDArray

from litedenoise_sdk.geometry import Box, Size
from litedenoise_sdk.noise import NoiseMeter
from litedenoise_sdk.options import Strength
from litedenoise_sdk.tiling import blend


class Mixer:
    """Takes the parts of a photo as they come out of the network; safe to use from threads.

    Args:
        noisy: the photo, (H, W, 3).
        out: where the mixture goes, of the same shape and dtype; may be ``noisy`` itself.
    """

    def __init__(self, noisy: NDArray[Any], strength: Strength, out: NDArray[Any]) -> None:
        self._noisy, self._strength = noisy, strength
        self.out = out
        self.meter = NoiseMeter(Size(*noisy.shape[:2]))

    def take(self, place: Box, denoised: NDArray[Any]) -> None:
        """Takes denoised pixels (h, w, 3) of a part of the photo that was not taken before."""
        noisy = self._noisy[place.slices]
        self.meter.add(place, noisy, denoised)
        blend(noisy, denoised, self._strength, self.out[place.slices])
