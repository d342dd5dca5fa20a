"""Any picture that the API takes, as a Photo, and the way back."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, BinaryIO, TypeGuard, cast

import numpy as np

from litedenoise_sdk.errors import UnsupportedImage
from litedenoise_sdk.imageio.arrays import array_like, photo_from_array
from litedenoise_sdk.imageio.decode import decode
from litedenoise_sdk.imageio.encode import encode
from litedenoise_sdk.imageio.photo import Photo, Pixels
from litedenoise_sdk.options import DEFAULT_MAX_PIXELS

if TYPE_CHECKING:
    from PIL import Image

Restore = Callable[[Pixels], Any]
"""Denoised pixels, of the photo's shape and dtype, to the kind of picture that was given."""


def open_image(image: object, *, max_pixels: int = DEFAULT_MAX_PIXELS) -> tuple[Photo, Restore]:
    """Read whatever the API takes.

    =================  ==========================================================================
    given              given back
    =================  ==========================================================================
    numpy array        array of the same shape and dtype; alpha untouched
    PIL.Image          image of the same mode, size, info and EXIF, not turned (palette and CMYK
                       images come back as RGB)
    path (str, Path)   PIL.Image, upright, metadata in ``info``; 16-bit colour rounded to 8 bits,
                       as Pillow has no deeper colour
    bytes, bytearray   bytes of a file in the same format, depth and metadata kept
    binary file        the same, as bytes; the file is read from where it stands and left open
    =================  ==========================================================================

    Args:
        image: one of the above. Arrays are (H, W), (H, W, 1), (H, W, 3) or (H, W, 4), uint8,
            uint16, or float32 in [0, 1].
        max_pixels: larger files are refused before any memory is asked for.

    Returns:
        The photo, whose pixels may be a view of what was given, and the way back.

    Raises:
        UnreadableImage, UnsupportedImage, ImageTooLarge: see ``decode``.
    """
    if isinstance(image, np.ndarray):
        array = image
        return photo_from_array(array), lambda pixels: array_like(array, pixels)
    if _is_pillow(image):
        from litedenoise_sdk.imageio.pil_images import photo_from_pillow, restorer

        photo = photo_from_pillow(image, max_pixels)
        return photo, restorer(image, photo)
    if isinstance(image, (str, os.PathLike)):
        return _open_path(image, max_pixels)
    if isinstance(image, (bytes, bytearray, memoryview)):
        return _open_file(bytes(image), max_pixels)
    if hasattr(image, "read"):
        return _open_file(cast(BinaryIO, image), max_pixels)
    raise UnsupportedImage(
        "expected a path, bytes, a binary file object, a PIL.Image or a numpy array; "
        f"got {type(image).__name__}"
    )


def _is_pillow(image: object) -> TypeGuard[Image.Image]:
    # Whoever holds a Pillow image has imported Pillow.
    pillow = sys.modules.get("PIL.Image")
    return pillow is not None and isinstance(image, pillow.Image)


def _open_path(path: str | os.PathLike[str], max_pixels: int) -> tuple[Photo, Restore]:
    photo = decode(path, max_pixels=max_pixels)

    def restore(pixels: Pixels) -> Any:
        from litedenoise_sdk.imageio.pil_images import pillow_from_photo

        return pillow_from_photo(photo.with_pixels(pixels))

    return photo, restore


def _open_file(file: bytes | BinaryIO, max_pixels: int) -> tuple[Photo, Restore]:
    photo = decode(file, max_pixels=max_pixels)
    format = photo.metadata.format
    assert format is not None, "decoders name their format"
    return photo, lambda pixels: encode(photo.with_pixels(pixels), format)
