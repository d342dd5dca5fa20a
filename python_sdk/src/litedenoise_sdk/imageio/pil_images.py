"""Pillow images that callers hand in, and the ones they get back."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from litedenoise_sdk.errors import UnsupportedImage
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio.arrays import photo_from_array
from litedenoise_sdk.imageio.canvas import Canvas, band_rows
from litedenoise_sdk.imageio.depth import rows_as
from litedenoise_sdk.imageio.limits import check_size
from litedenoise_sdk.imageio.photo import Photo, Pixels
from litedenoise_sdk.imageio.pillow import cmyk_to_srgb, fill, read_pixels, reading, to_pillow

if TYPE_CHECKING:
    from PIL import Image

_EIGHT_BIT = frozenset({"L", "LA", "RGB", "RGBA"})
_CONVERTED = frozenset({"P", "PA", "CMYK", "YCbCr", "RGBX"})
_ADVICE = {"1": "A bilevel picture has no noise to remove; if it has, use image.convert('L')"}


def photo_from_pillow(image: Image.Image, max_pixels: int) -> Photo:
    """A Pillow image as a photo, in the orientation in which it is held.

    Args:
        image: mode L, LA, RGB, RGBA, P, PA, CMYK, YCbCr, RGBX, I;16, I (0 to 65535) or F (0 to 1).
        max_pixels: larger pictures are refused before they are loaded.

    Raises:
        UnreadableImage: its file is damaged or cut short.
        UnsupportedImage: an animation, another mode, or values outside the range.
        ImageTooLarge: more than ``max_pixels`` pixels.
    """
    frames = getattr(image, "n_frames", 1)
    if frames > 1 and image.format != "MPO":
        raise UnsupportedImage(
            f"expected a single picture; got {frames} frames. "
            "Use image.copy() to take the current frame"
        )
    size = Size(image.height, image.width)
    check_size(size, max_pixels)
    with reading("the picture behind the Pillow image"):
        image.load()
    if image.mode in _EIGHT_BIT or image.mode in _CONVERTED:
        if image.mode == "CMYK":
            image = cmyk_to_srgb(image)
        if image.mode in ("YCbCr", "RGBX"):
            canvas = Canvas(size, 3, np.dtype(np.uint8), 1)
            fill(canvas, image, "RGB")
        else:
            canvas = read_pixels(image, 1)
        return Photo(canvas.pixels, canvas.alpha, canvas.grey)
    if image.mode.startswith("I;16"):
        return photo_from_array(np.asarray(image).astype(np.uint16, copy=False))
    if image.mode == "I":
        low, high = image.getextrema()
        if low < 0 or high > 65535:  # type: ignore[operator]
            raise UnsupportedImage(
                f"expected values from 0 to 65535 in mode I; got {low} to {high}"
            )
        return photo_from_array(np.asarray(image).astype(np.uint16))
    if image.mode == "F":
        return photo_from_array(np.asarray(image))
    raise UnsupportedImage(
        f"Pillow images of mode {image.mode} are not supported; expected L, LA, RGB, RGBA, P, PA, "
        f"CMYK, YCbCr, I;16, I or F. {_ADVICE.get(image.mode, 'Use image.convert(...) first')}"
    )


def restorer(image: Image.Image, photo: Photo) -> Callable[[Pixels], Image.Image]:
    """Turns denoised pixels into an image like ``image``: same mode, info and EXIF.

    Palette and CMYK images come back as RGB or RGBA: neither a palette nor a naive return to CMYK
    can hold the result. A single transparent colour comes back as an alpha channel.
    """
    info = dict(image.info)
    mode = image.mode
    if "exif" not in info:
        # TIFF keeps its tags elsewhere; a broken directory is no reason to stop.
        with contextlib.suppress(Exception):
            exif = image.getexif()
            if exif:
                info["exif"] = exif.tobytes()

    def restore(pixels: Pixels) -> Image.Image:
        denoised = photo.with_pixels(pixels)
        result = deep_pillow(denoised, mode) or to_pillow(denoised, _eight_bit_mode(denoised))
        if mode in ("YCbCr", "RGBX"):
            result = result.convert(mode)
        result.info = {key: value for key, value in info.items() if key != "transparency"}
        if mode == "CMYK":
            result.info.pop("icc_profile", None)
        return result

    return restore


def pillow_from_photo(photo: Photo) -> Image.Image:
    """A photo from a file as a Pillow image, with EXIF, ICC profile, XMP and resolution in info.

    8-bit photos become L, LA, RGB or RGBA; 16-bit grey I;16; floating-point grey F. Pillow has no
    deeper colour: other 16-bit and floating-point photos are rounded to 8 bits.
    """
    result = None
    if photo.grey and photo.alpha is None:
        result = deep_pillow(photo, {"uint16": "I;16", "float32": "F"}.get(photo.pixels.dtype.name))
    if result is None:
        result = to_pillow(photo, _eight_bit_mode(photo))
    metadata = photo.metadata
    values = {
        "exif": metadata.exif and b"Exif\0\0" + metadata.exif,
        "icc_profile": metadata.icc,
        "xmp": metadata.xmp,
        "dpi": metadata.dpi,
    }
    result.info = {key: value for key, value in values.items() if value}
    return result


def deep_pillow(photo: Photo, mode: str | None) -> Image.Image | None:
    """A grey photo in one of Pillow's deep modes; None for other modes."""
    from PIL import Image

    if mode is None or not (mode.startswith("I") or mode == "F"):
        return None
    size = photo.size
    dtype = np.dtype(np.float32 if mode == "F" else np.int32 if mode == "I" else np.uint16)
    plane = np.empty((size.height, size.width), dtype)
    rows = band_rows(size.width, 16)
    for top in range(0, size.height, rows):
        band = slice(top, top + rows)
        plane[band] = rows_as(photo.pixels[band], photo.pixels.dtype, grey=True)[..., 0]
    return Image.fromarray(plane)


def _eight_bit_mode(photo: Photo) -> str:
    return ("L" if photo.grey else "RGB") + ("A" if photo.alpha is not None else "")
