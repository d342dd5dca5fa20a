"""Formats that are read whole by Pillow."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from litedenoise_sdk.errors import UnreadableImage
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio import exif as exif_block
from litedenoise_sdk.imageio import xmp as xmp_packet
from litedenoise_sdk.imageio.canvas import Canvas, band_rows
from litedenoise_sdk.imageio.gif import of_gif
from litedenoise_sdk.imageio.jp2 import check_codestream, of_jpeg_2000
from litedenoise_sdk.imageio.limits import check_frames, check_size
from litedenoise_sdk.imageio.orientation import PILLOW_TURNS
from litedenoise_sdk.imageio.photo import Format, Metadata, OnlyRead, Photo
from litedenoise_sdk.imageio.pil_images import photo_from_pillow
from litedenoise_sdk.imageio.pillow import reading
from litedenoise_sdk.imageio.upright import turned_upright

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

_HEAD_BYTES = 4_096
_DEEP_PPM = re.compile(rb"P6\s+(?:#[^\n]*\n\s*)*\d+\s+\d+\s+(\d{3,5})\s")

_DIGITS_PPM = re.compile(rb"P3\s+(?:#[^\n]*\n\s*)*\d+\s+\d+\s+(\d{1,9})\s")


def read_through_pillow(
    file: BinaryIO, format: Format | OnlyRead, max_pixels: int, first_frame: bool = False
) -> Photo:
    """Decode a BMP, GIF, JPEG 2000 or PPM file.

    Raises:
        UnreadableImage: damaged or cut short.
        UnsupportedImage: animated, or of a mode that is not denoised.
        ImageTooLarge: more than ``max_pixels`` pixels.
    """
    from PIL import Image

    data = file.read()
    with reading(f"the {format} file"):
        image: ImageFile = _plugin(format)(io.BytesIO(data))
    with image:
        # Before anything is decoded.
        check_size(Size(image.height, image.width), max_pixels)
        frames = getattr(image, "n_frames", 1)
        check_frames(format, frames, first_frame)
        if format == "JPEG 2000":
            with reading("the JPEG 2000 file"):
                check_codestream(data, Size(image.height, image.width))
        said = _said(data, format)
        xmp, orientation = said.xmp, exif_block.read_orientation(said.exif)
        with reading(f"the {format} file"):
            image.load()
        picture: Image.Image = image if frames == 1 else image.copy()
        if orientation != 1:
            picture = picture.transpose(Image.Transpose(PILLOW_TURNS[orientation]))
        photo = _deep_ppm(data, image) or photo_from_pillow(picture, max_pixels)
        metadata = replace(
            said,
            icc=image.info.get("icc_profile") or said.icc,
            xmp=xmp and xmp_packet.without_followers(xmp),
            dpi=_dpi(image) or exif_block.resolution(said.exif),
        )
    notes = photo.notes
    if format == "GIF" and image.info.get("comment"):
        notes += ("the comment of the GIF file was left out",)
    if frames > 1:
        notes += (f"this is the first of {frames} frames: the others were left out",)
    if photo.pixels.dtype == "uint8" and _is_deep(data[:_HEAD_BYTES], format):
        notes += ("more than 8 bits a channel were rounded to 8",)
    return turned_upright(replace(photo, metadata=metadata, notes=notes), orientation)


def _plugin(format: Format | OnlyRead) -> type[ImageFile]:
    """The plugin itself, as Image.open has a size limit of its own that is global."""
    match format:
        case "BMP":
            from PIL.BmpImagePlugin import BmpImageFile

            return BmpImageFile
        case "GIF":
            from PIL.GifImagePlugin import GifImageFile

            return GifImageFile
        case "JPEG 2000":
            from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile

            return Jpeg2KImageFile
        case _:
            from PIL.PpmImagePlugin import PpmImageFile

            return PpmImageFile


def _deep_ppm(data: bytes, image: ImageFile) -> Photo | None:
    """A binary PPM file of more than 8 bits, of which Pillow leaves 8; None for other files."""
    found = _DEEP_PPM.match(data)
    if found is None or not 255 < int(found[1]) < 65_536:
        return None
    count = image.width * image.height * 3
    if len(data) - found.end() < 2 * count:
        raise UnreadableImage("the PPM file is cut short; get the file again from its source")
    samples = np.frombuffer(data, ">u2", count, found.end())
    canvas = Canvas(Size(image.height, image.width), 3, np.dtype(np.uint16), 1)
    rows, top_value = band_rows(image.width, 24), int(found[1])
    stored = samples.reshape(image.height, image.width, 3)
    for top in range(0, image.height, rows):
        band = np.minimum(stored[top : top + rows], top_value).astype(np.uint32)
        canvas.write(top, 0, (band * 65_535 + top_value // 2) // top_value)
    return Photo(canvas.pixels)


def _said(data: bytes, format: Format | OnlyRead) -> Metadata:
    match format:
        case "GIF":
            return of_gif(data)
        case "JPEG 2000":
            return of_jpeg_2000(data)
        case _:
            return Metadata(format="PNG")


def _is_deep(head: bytes, format: Format | OnlyRead) -> bool:
    """Whether a file has more than 8 bits a channel, of which Pillow leaves 8 in colour."""
    match format:
        case "JPEG 2000":  # image header box (ISO 15444-1, I.5.3.1): bits less one
            at = head.find(b"ihdr")
            return at >= 0 and 7 < int.from_bytes(head[at + 14 : at + 15]) & 0x7F < 38
        case "PPM":  # digits; binary ones are read here
            found = _DIGITS_PPM.match(head)
            return found is not None and int(found[1]) > 255
        case _:
            return False


def _dpi(image: ImageFile) -> tuple[float, float] | None:
    dpi = image.info.get("dpi")
    return (float(dpi[0]), float(dpi[1])) if dpi else None
