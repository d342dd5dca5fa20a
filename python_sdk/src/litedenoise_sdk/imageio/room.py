"""Chooses how far to compress a photo, so that its new file is about as large as its old one.

WebP, HEIC, AVIF and JPEG XL have no quantization tables to copy, as JPEG has, and what one encoder
calls quality 80 is another's 60. So the size decides: a sample is encoded at the best setting, and
at lesser ones until it takes no more bytes a pixel than the source did.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from litedenoise_sdk.imageio.photo import Format, Metadata, Photo, Pixels, repeat_grey

_TILES, _TILE_PX = 3, 192
"""Tiles across and down that make a sample of a third of a megapixel, and their side."""


def best_that_fits(
    photo: Photo,
    format: Format,
    settings: Sequence[float],
    picture_bytes: Callable[[Photo, float], int],
) -> float:
    """The first of the settings for which a file of ``format`` is no larger than the source was.

    Args:
        photo: its metadata say what its source took, if that was a file of this format.
        format: of the file to write.
        settings: of the encoder, best first.
        picture_bytes: what a photo takes at a setting, without its metadata.

    Returns:
        The best setting where the source was of another format, the last where none fits.
    """
    hints = photo.metadata.lossy
    if hints is None or photo.metadata.format != format:
        return settings[0]
    sample = _sample(photo)
    room = hints.bytes_per_px * sample.size.area
    if picture_bytes(sample, settings[0]) <= room:
        return settings[0]
    low, high = 1, len(settings) - 1
    while low < high:
        middle = (low + high) // 2
        if picture_bytes(sample, settings[middle]) <= room:
            high = middle
        else:
            low = middle + 1
    return settings[low]


def _sample(photo: Photo) -> Photo:
    """Tiles from all over the photo, side by side; the whole of a small photo."""
    metadata = Metadata(depth=photo.metadata.depth)
    photo = replace(photo, metadata=metadata, masks=None)
    if min(photo.size.height, photo.size.width) <= _TILES * _TILE_PX:
        return photo
    alpha = None if photo.alpha is None else _tiles(photo.alpha)
    pixels = repeat_grey(_tiles(photo.pixels[..., 0])) if photo.grey else _tiles(photo.pixels)
    return replace(photo, pixels=pixels, alpha=alpha)


def _tiles(plane: Pixels) -> Pixels:
    tops, lefts = (
        [index * (side - _TILE_PX) // (_TILES - 1) for index in range(_TILES)]
        for side in plane.shape[:2]
    )
    rows = [
        np.concatenate(
            [plane[top : top + _TILE_PX, left : left + _TILE_PX] for left in lefts], axis=1
        )
        for top in tops
    ]
    return np.concatenate(rows)
