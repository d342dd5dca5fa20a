"""Camera raw, developed through rawpy (LibRaw) to 16 bits."""

from __future__ import annotations

import io
from typing import Any, BinaryIO

from litedenoise_sdk.errors import LiteDenoiseError, UnreadableImage, UnsupportedImage
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio.extras import reading_library
from litedenoise_sdk.imageio.limits import check_size
from litedenoise_sdk.imageio.photo import Metadata, Photo, Pixels
from litedenoise_sdk.imageio.raw_exif import read_exif
from litedenoise_sdk.imageio.srgb import srgb_profile
from litedenoise_sdk.imageio.upright import turned_upright

_SRGB_CURVE = (2.4, 12.92)


def read_raw(file: BinaryIO, max_pixels: int) -> Photo:
    """Develop a raw file: DNG, CR2, CR3, NEF, ARW, RAF, ORF, RW2, and whatever else LibRaw reads.

    The rendering is the same for every file: the camera's white balance, adaptive homogeneity
    demosaicing, sRGB's primaries and curve, clipped highlights; no automatic brightness, no
    sharpening and no other noise reduction. LibRaw turns the picture upright.

    Returns:
        uint16 pixels in sRGB. EXIF is the raw file's, without what describes its sensor data.

    Raises:
        UnreadableImage: damaged or cut short.
        UnsupportedImage: rawpy is not installed, or LibRaw does not know the camera.
        ImageTooLarge: more than ``max_pixels`` pixels.
    """
    rawpy = reading_library("camera raw")
    data = file.read()
    try:
        with rawpy.imread(io.BytesIO(data)) as raw:
            check_size(Size(raw.sizes.height, raw.sizes.width), max_pixels)
            pixels = _develop(rawpy, raw)
    except LiteDenoiseError:
        raise
    except (rawpy.LibRawFileUnsupportedError, rawpy.NotSupportedError) as error:
        raise UnsupportedImage(
            f"LibRaw cannot develop this raw file ({_words(error)}); develop it with the camera's "
            "own program, to a 16-bit TIFF"
        ) from error
    except rawpy.LibRawError as error:
        raise UnreadableImage(
            f"the raw file is damaged or cut short ({_words(error)}); get the file again from its "
            "source"
        ) from error
    metadata = Metadata(format="TIFF", exif=read_exif(data), icc=srgb_profile())
    return turned_upright(Photo(pixels, metadata=metadata), 1)


def _develop(rawpy: Any, raw: Any) -> Pixels:
    pixels: Pixels = raw.postprocess(
        use_camera_wb=True,
        demosaic_algorithm=rawpy.DemosaicAlgorithm.AHD,
        output_color=rawpy.ColorSpace.sRGB,
        gamma=_SRGB_CURVE,
        no_auto_bright=True,
        adjust_maximum_thr=0,  # white is what the file says, not what the picture happens to reach
        output_bps=16,
    )
    return pixels


def _words(error: Exception) -> str:
    found = error.args[0] if error.args else error
    return found.decode(errors="replace") if isinstance(found, bytes) else str(found)
