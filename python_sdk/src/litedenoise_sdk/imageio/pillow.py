"""Between Pillow's images and arrays, band by band, and its errors in our words."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from litedenoise_sdk.errors import ImageTooLarge, LiteDenoiseError, UnreadableImage
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio.canvas import Canvas, band_rows
from litedenoise_sdk.imageio.depth import rows_as
from litedenoise_sdk.imageio.photo import Photo, Pixels

if TYPE_CHECKING:
    from PIL import Image

SRGB_NOTE = "CMYK was converted to sRGB"


@contextlib.contextmanager
def reading(what: str) -> Iterator[None]:
    """Turns whatever Pillow's and other decoders raise into UnreadableImage."""
    from PIL import Image, UnidentifiedImageError

    try:
        yield
    except Image.DecompressionBombError as error:
        raise ImageTooLarge(f"{what}: {error}") from error
    except LiteDenoiseError:  # some are ValueErrors, too
        raise
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        IndexError,
        KeyError,
        TypeError,
        OverflowError,
        RuntimeError,  # of native libraries
        ZeroDivisionError,
        struct.error,
    ) as error:
        raise UnreadableImage(
            f"{what} is damaged or cut short ({error}); get the file again from its source"
        ) from error


def colour_mode(image: Image.Image) -> str:
    """L, LA, RGB or RGBA: the 8-bit mode that holds a Pillow image of any other mode."""
    has_alpha = image.has_transparency_data
    match image.mode:
        case "1" | "L" | "LA" | "La":
            return "LA" if has_alpha else "L"
        case _:
            return "RGBA" if has_alpha else "RGB"


def fill(canvas: Canvas, image: Image.Image, mode: str) -> None:
    """Copy an 8-bit image into a canvas, converted to ``mode`` a band at a time."""
    width, height = image.size
    rows = band_rows(width, 4)
    for top in range(0, height, rows):
        band: Image.Image = image.crop((0, top, width, min(top + rows, height)))
        if band.mode != mode:
            band = band.convert(mode)
        piece = np.asarray(band)
        canvas.write(top, 0, piece.reshape(piece.shape[0], width, len(mode)))


def read_pixels(image: Image.Image, orientation: int) -> Canvas:
    """A new canvas with an 8-bit image turned upright."""
    mode = colour_mode(image)
    canvas = Canvas(Size(image.height, image.width), len(mode), np.dtype(np.uint8), orientation)
    fill(canvas, image, mode)
    return canvas


def cmyk_to_srgb(image: Image.Image) -> Image.Image:
    """A CMYK image in sRGB: through its own ICC profile if it has a usable one."""
    from PIL import ImageCms

    profile = image.info.get("icc_profile")
    if isinstance(profile, bytes):  # a TIFF tag may be of any kind
        import io

        try:
            converted = ImageCms.profileToProfile(
                image,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
                outputMode="RGB",
                flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
            )
        except (ImageCms.PyCMSError, OSError):
            converted = None
        if converted is not None:
            return converted
    return image.convert("RGB")


def to_pillow(photo: Photo, mode: str) -> Image.Image:
    """A photo as an 8-bit Pillow image in L, LA, RGB or RGBA.

    Args:
        photo: of any depth; deeper pixels are rounded.
        mode: without an A, transparency is put on white.
    """
    from PIL import Image

    size = photo.size
    image = Image.new(mode, (size.width, size.height))
    height = band_rows(size.width, 16)
    for top in range(0, size.height, height):
        image.paste(rows_to_pillow(photo, slice(top, top + height), mode), (0, top))
    return image


def rows_to_pillow(photo: Photo, rows: slice, mode: str) -> Image.Image:
    """Some rows of a photo; see ``to_pillow``."""
    from PIL import Image

    band = interleave(photo, rows, np.dtype(np.uint8))
    if photo.alpha is not None and not mode.endswith("A"):
        band = _on_white(band)
    return Image.fromarray(band[..., 0] if band.shape[2] == 1 else band)


def interleave(photo: Photo, rows: slice, dtype: np.dtype[Any]) -> Pixels:
    """Some rows of a photo as a file stores them.

    Returns:
        (h, W, C), C-contiguous, of ``dtype``; C is 1 or 3, one more with alpha, then the masks.
    """
    colours = rows_as(photo.pixels[rows], dtype, grey=photo.grey)
    parts = [colours]
    if photo.alpha is not None:
        parts.append(rows_as(photo.alpha[rows, :, np.newaxis], dtype, grey=False))
    if photo.masks is not None:
        parts.append(rows_as(photo.masks[rows], dtype, grey=False))
    return np.ascontiguousarray(colours) if len(parts) == 1 else np.concatenate(parts, axis=2)


def _on_white(band: Pixels) -> Pixels:
    """(h, W, C + 1) uint8 with alpha, composed onto white: (h, W, C)."""
    alpha = band[..., -1:].astype(np.uint16)
    colours = band[..., :-1].astype(np.uint16)
    return ((colours * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)
