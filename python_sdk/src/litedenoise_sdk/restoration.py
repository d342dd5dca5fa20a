"""A photo together with its denoised self."""

from typing import Any

import numpy as np

from litedenoise_sdk.imageio import Photo, Restore
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

    def blend(
        self, strength: float = 1.0, *, luma: float | None = None, chroma: float | None = None
    ) -> Any:
        """The photo denoised this strongly, as the kind of picture that was given.

        The network does not run again.

        Args:
            strength: from 0, the photo as it was, to 1, the network's own result.
            luma, chroma: the same for brightness and colour noise apart; None follows strength.

        Raises:
            OptionsError: a strength outside [0, 1].
        """
        chosen = Strength(strength, luma, chroma)
        mixed = np.empty_like(self._denoised)
        blend(self._photo.pixels, self._denoised, chosen, mixed)
        return self._restore(mixed)
