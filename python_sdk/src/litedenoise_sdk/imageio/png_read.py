"""PNG to pixels, 1 to 16 bits.

Pillow's zip decoder undoes the filters; it is handed the data stream itself, so that 16-bit colour,
which no Pillow mode holds, can be taken out in two passes: high bytes, then low bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from litedenoise_sdk.errors import UnsupportedImage
from litedenoise_sdk.imageio import exif as exif_block
from litedenoise_sdk.imageio.canvas import Canvas, band_rows
from litedenoise_sdk.imageio.photo import Metadata, Photo, Pixels
from litedenoise_sdk.imageio.pillow import fill
from litedenoise_sdk.imageio.png_chunks import PngChunks, damaged, read_chunks
from litedenoise_sdk.imageio.upright import turned_upright

if TYPE_CHECKING:
    from PIL import Image

_GREY, _RGB, _PALETTE, _GREY_ALPHA, _RGBA = 0, 2, 3, 4, 6

# (depth, colour type): Pillow's mode and raw mode
_SHALLOW = {
    (1, _GREY): ("1", "1"),
    (2, _GREY): ("L", "L;2"),
    (4, _GREY): ("L", "L;4"),
    (8, _GREY): ("L", "L"),
    (8, _RGB): ("RGB", "RGB"),
    (1, _PALETTE): ("P", "P;1"),
    (2, _PALETTE): ("P", "P;2"),
    (4, _PALETTE): ("P", "P;4"),
    (8, _PALETTE): ("P", "P"),
    (8, _GREY_ALPHA): ("LA", "LA"),
    (8, _RGBA): ("RGBA", "RGBA"),
}
# Modes whose pixels are as many bytes as the file's, taken out as they lie: big-endian words.
_DEEP_WHOLE = {_GREY: ("LA", "LA"), _GREY_ALPHA: ("RGBA", "RGBA")}
# Mode, raw mode of the high bytes, raw mode of the low bytes.
_DEEP_HALVES = {_RGB: ("RGB", "RGB;16B", "RGB;16L"), _RGBA: ("RGBA", "RGBA;16B", "RGBA;16L")}
_CHANNELS = {_GREY: 1, _RGB: 3, _PALETTE: 3, _GREY_ALPHA: 2, _RGBA: 4}


def read_png(file: BinaryIO, max_pixels: int) -> Photo:
    """Decode a PNG file; 16-bit ones become uint16.

    Raises:
        UnreadableImage: damaged or cut short.
        UnsupportedImage: animated.
        ImageTooLarge: more than ``max_pixels`` pixels.
    """
    png = read_chunks(file, max_pixels)
    if png.frames > 1:
        raise UnsupportedImage(
            f"the PNG file is an animation of {png.frames} frames; expected a single picture. "
            "Extract the frame that is wanted"
        )
    orientation = exif_block.read_orientation(png.exif)
    if (png.depth, png.colour_type) in _SHALLOW:
        canvas = _read_shallow(png, orientation)
    elif png.depth == 16 and png.colour_type in (*_DEEP_WHOLE, *_DEEP_HALVES):
        canvas = _read_deep(png, orientation)
    else:
        raise damaged(f"depth {png.depth} with colour type {png.colour_type} does not exist")
    metadata = Metadata("PNG", png.exif, png.icc, png.xmp, png.dpi, own=tuple(png.kept))
    photo = Photo(canvas.pixels, canvas.alpha, canvas.grey, metadata, tuple(png.notes))
    return turned_upright(photo, orientation)


def _read_shallow(png: PngChunks, orientation: int) -> Canvas:
    image = _pass(png, b"".join(png.data), *_SHALLOW[png.depth, png.colour_type])
    palette = png.colour_type == _PALETTE
    if palette:
        if not png.palette or len(png.palette) % 3:
            raise damaged("no palette")
        image.putpalette(png.palette)
        if png.transparency is not None:
            image.info["transparency"] = png.transparency
    keyed = not palette and png.transparency is not None
    mode = "RGB" if png.colour_type in (_PALETTE, _RGB, _RGBA) else "L"
    if png.colour_type in (_GREY_ALPHA, _RGBA) or (palette and png.transparency is not None):
        mode += "A"
    canvas = Canvas(png.size, len(mode) + keyed, np.dtype(np.uint8), orientation)
    if keyed:
        _fill_keyed(canvas, image, png)
    else:
        fill(canvas, image, mode)
    return canvas


def _fill_keyed(canvas: Canvas, image: Image.Image, png: PngChunks) -> None:
    """tRNS without a palette: one colour is transparent. Denoised it would be another: to alpha."""
    key = _key(png) * (255 // (2**png.depth - 1))
    if image.mode == "1":
        image = image.convert("L")
    rows = band_rows(png.size.width, 4)
    for top in range(0, png.size.height, rows):
        bottom = min(top + rows, png.size.height)
        piece = np.asarray(image.crop((0, top, png.size.width, bottom)))
        piece = piece.reshape(*piece.shape[:2], -1)
        canvas.write(top, 0, _with_keyed_alpha(piece, key))


def _read_deep(png: PngChunks, orientation: int) -> Canvas:
    channels = _CHANNELS[png.colour_type]
    keyed = png.transparency is not None and png.colour_type in (_GREY, _RGB)
    canvas = Canvas(png.size, channels + keyed, np.dtype(np.uint16), orientation)
    data = b"".join(png.data)
    rows = band_rows(png.size.width, 2 * channels)
    tops = range(0, png.size.height, rows)
    if png.colour_type in _DEEP_WHOLE:
        image = _pass(png, data, *_DEEP_WHOLE[png.colour_type])
        for top in tops:
            words = _band(image, top, rows).view(">u2")
            canvas.write(top, 0, words.reshape(*words.shape[:2], channels))
    else:
        mode, high, low = _DEEP_HALVES[png.colour_type]
        image = _pass(png, data, mode, high)
        for top in tops:
            canvas.write(top, 0, _band(image, top, rows).astype(np.uint16) << 8)
        del image
        image = _pass(png, data, mode, low)
        for top in tops:
            canvas.add(top, _band(image, top, rows))
    if keyed:
        key = _key(png)
        for top in tops:
            piece = canvas.stored[top : top + rows]
            canvas.write(top, 0, _with_keyed_alpha(piece, key))
    return canvas


def _pass(png: PngChunks, data: bytes, mode: str, raw_mode: str) -> Image.Image:
    from PIL import Image

    size = (png.size.width, png.size.height)
    try:
        return Image.frombytes(mode, size, data, "zip", (raw_mode, int(png.interlaced)))
    except (ValueError, OSError) as error:
        raise damaged(error) from error


def _band(image: Image.Image, top: int, rows: int) -> Pixels:
    """(h, W, channels) uint8, contiguous."""
    band = image.crop((0, top, image.width, min(top + rows, image.height)))
    return np.asarray(band)


def _key(png: PngChunks) -> Pixels:
    """The transparent colour, in the file's own depth."""
    channels = _CHANNELS[png.colour_type]
    if png.transparency is None or len(png.transparency) != 2 * channels:
        raise damaged("its transparent colour has the wrong length")
    return np.frombuffer(png.transparency, ">u2").astype(np.uint16)


def _with_keyed_alpha(piece: Pixels, key: Pixels) -> Pixels:
    """(h, W, C) to (h, W, C + 1): transparent where all channels equal ``key``."""
    top = np.iinfo(piece.dtype).max
    opaque = (piece != key).any(axis=2, keepdims=True)
    return np.concatenate((piece, np.where(opaque, top, 0).astype(piece.dtype)), axis=2)
