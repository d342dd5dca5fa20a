"""HEIC, which phones write, through pillow-heif (libheif); 8 bits as uint8, deeper as uint16."""

from __future__ import annotations

from typing import BinaryIO

import numpy as np

from litedenoise_sdk.errors import UnsupportedImage
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio import exif as exif_block
from litedenoise_sdk.imageio.canvas import Canvas, band_rows
from litedenoise_sdk.imageio.limits import check_size
from litedenoise_sdk.imageio.photo import Metadata, Photo, Pixels
from litedenoise_sdk.imageio.pillow import reading
from litedenoise_sdk.imageio.upright import turned_upright


def read_heic(file: BinaryIO, max_pixels: int) -> Photo:
    """Decode the main picture of a HEIC file.

    libheif turns the picture as the container says (irot, imir); the orientation in EXIF repeats
    that, and is not counted again.

    Raises:
        UnreadableImage: damaged or cut short.
        UnsupportedImage: pillow-heif is not installed.
        ImageTooLarge: more than ``max_pixels`` pixels.
    """
    try:
        import pillow_heif
    except ModuleNotFoundError as error:
        raise UnsupportedImage(
            "HEIC files need pillow-heif; install it with: pip install 'litedenoise-sdk[heif]'"
        ) from error
    with reading("the HEIC file"):
        # To 16 bits and not to 8, what is deeper than 8.
        image = pillow_heif.open_heif(file, convert_hdr_to_8bit=False)
        width, height = image.size
        check_size(Size(height, width), max_pixels)
        samples = np.asarray(image)
    info = image.info
    canvas = _canvas(samples.reshape(height, width, -1), int(info.get("bit_depth") or 8))
    metadata = Metadata(
        format="PNG",
        exif=exif_block.bare(info.get("exif")),
        icc=info.get("icc_profile") or None,
        xmp=info.get("xmp") or None,
    )
    notes = []
    if any(kind for kind in (info.get("aux"), info.get("depth_images"))):
        notes.append("gain maps and depth maps beside the picture were left out")
    photo = Photo(canvas.pixels, canvas.alpha, canvas.grey, metadata, tuple(notes))
    return turned_upright(photo, 1)


def _canvas(samples: Pixels, depth: int) -> Canvas:
    """Pixels of a file; libheif puts deep ones into the upper bits, here they fill all 16."""
    height, width, channels = samples.shape
    canvas = Canvas(Size(height, width), channels, samples.dtype, 1)
    rows = band_rows(width, 8)
    for top in range(0, height, rows):
        band = samples[top : top + rows]
        if band.dtype == np.uint16:
            band = band | (band >> depth)
        canvas.write(top, 0, band)
    return canvas
