"""A photo together with its denoised self."""

from typing import Any

import numpy as np

from litedenoise_sdk.imageio import Photo, Restore, encode
from litedenoise_sdk.options import Strength
from litedenoise_sdk.runtime.protocol import RunReport
from litedenoise_sdk.tiling import blend


class Restoration:
    """A photo and its full-strength result, to be mixed as often as one likes.

    Attributes:
        report: what the photo ran on.
    """

    def __init__(
        self, photo: Photo, denoised: "np.ndarray[Any, Any]", restore: Restore, report: RunReport
    ) -> None:
        self._photo = photo
        self._denoised = denoised
        self._restore = restore
        self.report = report

    def _repr_png_(self) -> bytes:
        """Before and after side by side, as notebooks show it."""
        from litedenoise_sdk.imageio.side_by_side import Panel, side_by_side

        panels = [Panel("before", self._photo.pixels), Panel("after", self._denoised)]
        return encode(Photo(side_by_side(panels)), "PNG")

    def blend(
        self, strength: float = 1.0, *, luma: float | None = None, chroma: float | None = None
    ) -> Any:
        """The photo denoised this strongly, as the kind of picture that was given.

        The network does not run again.

        Args:
            strength: from 0, the photo as it was, to 1, the network's own result.
            luma: the same for brightness noise alone; None follows strength.
            chroma: the same for colour noise alone; None follows strength.

        Raises:
            OptionsError: a strength outside [0, 1].
        """
        chosen = Strength(strength, luma, chroma)
        mixed = np.empty_like(self._denoised)
        blend(self._photo.pixels, self._denoised, chosen, mixed)
        return self._restore(mixed)
