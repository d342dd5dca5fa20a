"""Makes the metadata of a picture that was turned agree with its pixels."""

from dataclasses import replace

from litedenoise_sdk.imageio import exif as exif_block
from litedenoise_sdk.imageio import xmp as xmp_packet
from litedenoise_sdk.imageio.orientation import TRANSPOSED
from litedenoise_sdk.imageio.photo import Photo


def turned_upright(photo: Photo, orientation: int) -> Photo:
    """A photo just decoded with ``orientation`` applied, with metadata that says so.

    EXIF is rewritten by ``exif.make_upright``; tiff:Orientation in XMP becomes 1 if the picture
    was turned, and is left alone if it was not; a resolution follows its axis.
    """
    metadata = photo.metadata
    xmp, dpi = metadata.xmp, metadata.dpi
    if orientation != 1 and xmp:
        xmp = xmp_packet.upright(xmp)
    if orientation in TRANSPOSED and dpi:
        dpi = (dpi[1], dpi[0])
    exif = exif_block.make_upright(metadata.exif, photo.size)
    return replace(photo, metadata=replace(metadata, exif=exif, xmp=xmp, dpi=dpi))
