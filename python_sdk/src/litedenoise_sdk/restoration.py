"""A photo and its denoised result."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.imageio import Photo, encode
from litedenoise_sdk.noise import RemovedNoise
from litedenoise_sdk.options import Strength
from litedenoise_sdk.runtime.protocol import RunReport
from litedenoise_sdk.tiling import blend

Picture = TypeVar("Picture")


class Restoration(Generic[Picture]):
    """A photo and its full-strength result, which can be mixed as often as you like.

    Attributes:
        report: what the photo ran on.
        noise: what the network removed.
    """

    def __init__(
        self,
        photo: Photo,
        denoised: NDArray[Any],
        restore: Callable[[NDArray[Any]], Picture],
        report: RunReport,
        noise: RemovedNoise,
    ) -> None:
        self._photo = photo
        self._denoised = denoised
        self._restore = restore
        self.report = report
        self.noise = noise

    def _repr_png_(self) -> bytes:
        """Before and after side by side, as notebooks show it."""
        from litedenoise_sdk.imageio.side_by_side import Panel, side_by_side

        panels = [Panel("before", self._photo.pixels), Panel("after", self._denoised)]
        return encode(Photo(side_by_side(panels)), "PNG")

    def blend(self, strength: float | Strength = 1.0) -> Picture:
        """The photo denoised this strongly, as the kind of picture that was given.

        The network does not run again.

        Args:
            strength: from 0, the photo as it was, to 1, the network's own result; a ``Strength``
                sets brightness and colour noise separately.

        Raises:
            OptionsError: a strength outside [0, 1].
        """
        mixed = np.empty_like(self._denoised)
        blend(self._photo.pixels, self._denoised, Strength.of(strength), mixed)
        return self._restore(mixed)
