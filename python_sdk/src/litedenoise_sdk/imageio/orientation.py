"""The eight EXIF orientations as array views: nothing is copied."""

from dataclasses import replace

import numpy as np

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio.photo import Photo, Pixels

TRANSPOSED = frozenset({5, 6, 7, 8})
"""Orientations whose stored rows are the upright picture's columns."""

PILLOW_TURNS = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}
"""Orientations other than 1 to the Transpose of Pillow that turns a picture upright."""


def as_stored(photo: Photo, orientation: int) -> Photo:
    """An upright photo as a file of this orientation stores it; its metadata stays."""
    if orientation == 1:
        return photo
    planes = [
        None if plane is None else stored_view(plane, orientation)
        for plane in (photo.alpha, photo.masks)
    ]
    pixels = stored_view(photo.pixels, orientation)
    return replace(photo, pixels=pixels, alpha=planes[0], masks=planes[1])


def upright_size(stored: Size, orientation: int) -> Size:
    return Size(stored.width, stored.height) if orientation in TRANSPOSED else stored


def stored_view(upright: Pixels, orientation: int) -> Pixels:
    """The upright picture seen in the order in which the file stores it.

    Args:
        upright: (H, W) or (H, W, C).
        orientation: EXIF Orientation, 1 to 8 (EXIF 2.32, tag 0x0112).

    Returns:
        A view; writing the file's rows into it turns the picture upright.
    """
    match orientation:
        case 2:
            return upright[:, ::-1]
        case 3:
            return upright[::-1, ::-1]
        case 4:
            return upright[::-1]
        case 5:
            return upright.swapaxes(0, 1)
        case 6:
            return np.rot90(upright, 1)
        case 7:
            return upright[::-1, ::-1].swapaxes(0, 1)
        case 8:
            return np.rot90(upright, -1)
        case _:
            return upright
