"""Where decoders put their pixels: upright arrays, filled a piece at a time in file order."""

from typing import Any

import numpy as np

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio.orientation import stored_view, upright_size
from litedenoise_sdk.imageio.photo import Pixels, repeat_grey

BAND_BYTES = 8_000_000
"""Working memory of everything that goes through a photo band by band."""


def band_rows(width: int, bytes_per_px: int) -> int:
    """Rows of a band of about BAND_BYTES."""
    return max(1, BAND_BYTES // (width * bytes_per_px))


class Canvas:
    """Upright pixels and alpha of a photo that is being decoded.

    Args:
        stored: size in the file.
        channels: 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha.
        dtype: uint8, uint16 or float32.
        orientation: EXIF Orientation, 1 to 8, that is applied while writing.
        masks: further channels behind those.
    """

    def __init__(
        self,
        stored: Size,
        channels: int,
        dtype: np.dtype[Any],
        orientation: int,
        masks: int = 0,
    ) -> None:
        size = upright_size(stored, orientation)
        self.grey = channels < 3
        self._colours = 1 if self.grey else 3
        self._upright = np.empty((size.height, size.width, self._colours), dtype)
        self.stored = stored_view(self._upright, orientation)
        self.alpha: Pixels | None = None
        self.stored_alpha: Pixels | None = None
        if channels in (2, 4):
            self.alpha = np.empty((size.height, size.width), dtype)
            self.stored_alpha = stored_view(self.alpha, orientation)
        self._first_mask = channels
        self.masks: Pixels | None = None
        self._stored_masks: Pixels | None = None
        if masks:
            self.masks = np.empty((size.height, size.width, masks), dtype)
            self._stored_masks = stored_view(self.masks, orientation)

    def write(self, top: int, left: int, piece: Pixels) -> None:
        """Put (h, w, channels) at a place of the stored picture; alpha may be left for later."""
        rows = slice(top, top + piece.shape[0])
        columns = slice(left, left + piece.shape[1])
        self.stored[rows, columns] = piece[..., : self._colours]
        if self.stored_alpha is not None and piece.shape[2] > self._colours:
            self.stored_alpha[rows, columns] = piece[..., self._colours]
        if self._stored_masks is not None and piece.shape[2] > self._first_mask:
            self._stored_masks[rows, columns] = piece[..., self._first_mask :]

    def write_plane(self, channel: int, top: int, left: int, piece: Pixels) -> None:
        """Put (h, w) of one channel at a place of the stored picture."""
        place = slice(top, top + piece.shape[0]), slice(left, left + piece.shape[1])
        if channel < self._colours:
            self.stored[(*place, channel)] = piece
        elif channel >= self._first_mask and self._stored_masks is not None:
            self._stored_masks[(*place, channel - self._first_mask)] = piece
        elif self.stored_alpha is not None:
            self.stored_alpha[place] = piece

    @property
    def pixels(self) -> Pixels:
        """(H, W, 3), upright."""
        return repeat_grey(self._upright[..., 0]) if self.grey else self._upright
