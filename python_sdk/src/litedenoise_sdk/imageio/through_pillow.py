"""Formats that are read whole by Pillow."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

from litedenoise_sdk.errors import UnsupportedImage
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio import colour
from litedenoise_sdk.imageio import exif as exif_block
from litedenoise_sdk.imageio import xmp as xmp_packet
from litedenoise_sdk.imageio.limits import check_size
from litedenoise_sdk.imageio.orientation import PILLOW_TURNS
from litedenoise_sdk.imageio.photo import Format, Metadata, OnlyRead, Photo
from litedenoise_sdk.imageio.pil_images import photo_from_pillow
from litedenoise_sdk.imageio.pillow import reading
from litedenoise_sdk.imageio.upright import turned_upright

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

_HEAD_BYTES = 4_096
_DEEP_PPM = re.compile(rb"P[56]\s+(?:#[^\n]*\n\s*)*\d+\s+\d+\s+(\d+)\s")


def read_through_pillow(
    file: BinaryIO, format: Format | OnlyRead, max_pixels: int, first_frame: bool = False
) -> Photo:
    """Decode an AVIF, BMP, GIF, JPEG 2000 or PPM file.

    Raises:
        UnreadableImage: damaged or cut short.
        UnsupportedImage: animated, or of a mode that is not denoised.
        ImageTooLarge: more than ``max_pixels`` pixels.
    """
    from PIL import Image

    head = file.read(_HEAD_BYTES)
    is_deep = _is_deep(head, format)
    file.seek(0)
    with reading(f"the {format} file"):
        image: ImageFile = _plugin(format)(file)
    with image:
        # Before anything is decoded.
        check_size(Size(image.height, image.width), max_pixels)
        frames = getattr(image, "n_frames", 1)
        if frames > 1 and not first_frame:
            raise UnsupportedImage(
                f"the {format} file is an animation of {frames} frames; expected a single picture. "
                "Ask for the first frame, or extract the one you want"
            )
        xmp = image.info.get("xmp") or None
        exif = exif_block.bare(image.info.get("exif"))
        orientation = exif_block.read_orientation(exif)
        with reading(f"the {format} file"):
            image.load()
        picture: Image.Image = image if frames == 1 else image.copy()
        if orientation != 1:
            picture = picture.transpose(Image.Transpose(PILLOW_TURNS[orientation]))
        photo = photo_from_pillow(picture, max_pixels)
        metadata = Metadata(
            format="AVIF" if format == "AVIF" else "PNG",
            exif=exif,
            icc=image.info.get("icc_profile") or _stated_colours(head),
            xmp=xmp and xmp_packet.without_followers(xmp),
            dpi=_dpi(image) or exif_block.resolution(exif),
        )
    notes = photo.notes
    if frames > 1:
        notes += (f"this is the first of {frames} frames: the others were left out",)
    if is_deep and photo.pixels.dtype == "uint8":
        notes += ("more than 8 bits a channel were rounded to 8",)
    return turned_upright(replace(photo, metadata=metadata, notes=notes), orientation)


def _plugin(format: Format | OnlyRead) -> type[ImageFile]:
    """The plugin itself, as Image.open has a size limit of its own that is global."""
    match format:
        case "AVIF":
            from PIL.AvifImagePlugin import AvifImageFile

            return AvifImageFile
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


def _is_deep(head: bytes, format: Format | OnlyRead) -> bool:
    """Whether a file has more than 8 bits a channel, of which Pillow leaves 8 in colour."""
    match format:
        case "PPM":
            found = _DEEP_PPM.match(head)
            return found is not None and int(found[1]) > 255
        case "AVIF":  # AV1 codec configuration (AV1-ISOBMFF, 2.3.3): high_bitdepth
            at = head.find(b"av1C")
            return at >= 0 and bool(int.from_bytes(head[at + 6 : at + 7]) & 0x40)
        case "JPEG 2000":  # image header box (ISO 15444-1, I.5.3.1): bits less one
            at = head.find(b"ihdr")
            return at >= 0 and 7 < int.from_bytes(head[at + 14 : at + 15]) & 0x7F < 38
        case _:
            return False


def _stated_colours(head: bytes) -> bytes | None:
    """The profile of colours that an AVIF file states in numbers (ISO 14496-12, 12.1.5)."""
    at = head.find(b"colrnclx")
    if at < 0 or at + 14 > len(head):
        return None
    primaries, transfer = head[at + 9], head[at + 11]
    return colour.from_cicp(bytes((primaries, transfer, 0, 1)))


def _dpi(image: ImageFile) -> tuple[float, float] | None:
    dpi = image.info.get("dpi")
    if not dpi or not all(0 < value < 65536 for value in dpi):
        return None
    return float(dpi[0]), float(dpi[1])
