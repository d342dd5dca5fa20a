"""Makes the metadata of a picture that was turned agree with its pixels."""

from dataclasses import replace

from litedenoise_sdk.imageio import exif as exif_block
from litedenoise_sdk.imageio import xmp as xmp_packet
from litedenoise_sdk.imageio.orientation import TRANSPOSED
from litedenoise_sdk.imageio.photo import Photo

_MAX_DPI = 65_536
"""What fits into JFIF's and EXIF's fields."""


def turned_upright(photo: Photo, orientation: int) -> Photo:
    """A photo just decoded with ``orientation`` applied, with metadata that says so.

    EXIF is rewritten by ``exif.make_upright``; tiff:Orientation in XMP becomes 1 if the picture
    was turned; previews in XMP are left out, as that in EXIF is; a resolution follows its axis, or
    is dropped where it makes no sense.
    """
    metadata = photo.metadata
    xmp, dpi = metadata.xmp, metadata.dpi
    if xmp:
        xmp = xmp_packet.without_previews(xmp)
    if orientation != 1 and xmp:
        xmp = xmp_packet.upright(xmp)
    if dpi and not all(0 < side < _MAX_DPI for side in dpi):
        dpi = None
    if orientation in TRANSPOSED and dpi:
        dpi = (dpi[1], dpi[0])
    exif = exif_block.make_upright(metadata.exif, photo.size)
    return replace(photo, metadata=replace(metadata, exif=exif, xmp=xmp, dpi=dpi))
