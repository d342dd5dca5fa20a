"""JPEG: read with everything its markers say, written at least as well as it came."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO

from litedenoise_sdk.errors import OutputError
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio import exif as exif_block
from litedenoise_sdk.imageio.limits import check_size
from litedenoise_sdk.imageio.orientation import TRANSPOSED
from litedenoise_sdk.imageio.photo import MAX_JPEG_EXIF_BYTES, JpegHints, Metadata, Photo
from litedenoise_sdk.imageio.pillow import (
    SRGB_NOTE,
    cmyk_to_srgb,
    read_pixels,
    reading,
    to_pillow,
)
from litedenoise_sdk.imageio.srgb import srgb_profile
from litedenoise_sdk.imageio.upright import turned_upright

if TYPE_CHECKING:
    from PIL.JpegImagePlugin import JpegImageFile

MIN_QUALITY = 95
MAX_SIDE = 65_535
_MAX_SEGMENT = 65_533
_XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\0"
_EXTENDED_XMP = b"http://ns.adobe.com/xmp/extension/\0"
_DEFAULT_HINTS = JpegHints(MIN_QUALITY, 0, False)


def read_jpeg(file: BinaryIO, max_pixels: int) -> Photo:
    """Decode the first picture of a JPEG or MPO file.

    Raises:
        UnreadableImage: damaged or cut short.
        ImageTooLarge: more than ``max_pixels`` pixels.
    """
    from PIL.JpegImagePlugin import JpegImageFile

    notes = []
    with reading("the JPEG file"):
        # The plugin itself, as Image.open has a size limit of its own that is global.
        image = JpegImageFile(file)
    with image:
        check_size(Size(image.height, image.width), max_pixels)
        exif = exif_block.bare(image.info.get("exif"))
        orientation = exif_block.read_orientation(exif)
        hints = _hints(image, orientation)
        icc = image.info.get("icc_profile") or None
        with reading("the JPEG file"):
            image.load()
        if image.mode == "CMYK":
            canvas = read_pixels(cmyk_to_srgb(image), orientation)
            icc = srgb_profile()
            notes.append(SRGB_NOTE)
        else:
            canvas = read_pixels(image, orientation)
        if "mp" in image.info:
            notes.append("further pictures in the file (previews, gain maps) were left out")
        metadata = Metadata(
            format="JPEG",
            exif=exif,
            icc=icc,
            xmp=image.info.get("xmp"),
            dpi=_dpi(image),
            jpeg=hints,
            own=_own_segments(image),
        )
    photo = Photo(canvas.pixels, None, canvas.grey, metadata, tuple(notes))
    return turned_upright(photo, orientation)


def write_jpeg(photo: Photo, file: BinaryIO) -> tuple[str, ...]:
    """Encode as JPEG, at the source's quality and subsampling or better than quality 95, 4:4:4.

    Returns:
        Notes on what JPEG cannot hold.

    Raises:
        OutputError: a side longer than 65,535 pixels.
    """
    size = photo.size
    if max(size.height, size.width) > MAX_SIDE:
        raise OutputError(
            f"JPEG holds at most {MAX_SIDE} pixels a side; the photo has {size}. "
            "Write PNG or TIFF instead"
        )
    metadata = photo.metadata
    hints = metadata.jpeg or _DEFAULT_HINTS
    notes = []
    if photo.alpha is not None:
        notes.append("JPEG holds no transparency: it was put on white")
    exif = metadata.exif
    if exif and len(exif) > MAX_JPEG_EXIF_BYTES:
        notes.append(f"JPEG holds at most 64 kB of EXIF: {len(exif)} bytes were left out")
        exif = None
    xmp = metadata.xmp
    if xmp and len(_XMP_HEADER) + len(xmp) > _MAX_SEGMENT:
        notes.append(f"JPEG holds at most 64 kB of XMP: {len(xmp)} bytes were left out")
        xmp = None
    extra = b""
    comment = None
    if metadata.format == "JPEG":
        for name, payload in metadata.own:
            if name == "COM":
                comment = payload
            else:
                extra += _segment(int(name[3:]), payload)
    if xmp:
        extra = _segment(1, _XMP_HEADER + xmp) + extra
    image = to_pillow(photo, "L" if photo.grey else "RGB")
    encoded = io.BytesIO()
    # Into memory, as Pillow reports a full disk as "encoder error -2".
    # Not optimized, as that makes Pillow ask for two bytes a pixel at once.
    image.save(
        encoded,
        "JPEG",
        quality=min(100, max(MIN_QUALITY, hints.quality)),
        subsampling=hints.subsampling,
        progressive=hints.progressive,
        dpi=metadata.dpi or (0, 0),
        exif=b"Exif\0\0" + exif if exif else b"",
        icc_profile=metadata.icc,
        extra=extra,
        comment=comment,
    )
    del image
    file.write(encoded.getbuffer())
    return tuple(notes)


def _segment(app: int, payload: bytes) -> bytes:
    return bytes((0xFF, 0xE0 + app)) + (len(payload) + 2).to_bytes(2, "big") + payload


def _own_segments(image: JpegImageFile) -> tuple[tuple[str, bytes], ...]:
    """Captions and keywords (IPTC, in Photoshop's segment), long XMP, and the comment."""
    return tuple(
        (name, payload)
        for name, payload in image.applist
        if name in ("APP13", "COM") or (name == "APP1" and payload.startswith(_EXTENDED_XMP))
    )


def _dpi(image: JpegImageFile) -> tuple[float, float] | None:
    dpi = image.info.get("dpi")
    if not dpi or not all(0 < value < 65536 for value in dpi):
        return None
    return float(dpi[0]), float(dpi[1])


def _hints(image: JpegImageFile, orientation: int) -> JpegHints:
    from PIL.JpegImagePlugin import get_sampling

    subsampling = get_sampling(image)
    # 4:2:2 halves the columns; turned by a quarter it would be the rows, which Pillow cannot write.
    if subsampling not in (0, 1, 2) or (subsampling == 1 and orientation in TRANSPOSED):
        subsampling = 0
    return JpegHints(
        _quality(image.quantization.get(0)), subsampling, bool(image.info.get("progressive"))
    )


def _quality(table: list[int] | None) -> int:
    """The IJG quality whose luminance table has the same mean (libjpeg, jcparam.c)."""
    if not table:
        return MIN_QUALITY
    mean = sum(table) / len(table)
    percent = 100 * mean / _IJG_MEAN
    quality = 100 - percent / 2 if percent <= 100 else 5000 / percent
    return min(100, max(1, round(quality)))


_IJG_MEAN = 57.625
"""Mean of the luminance table that libjpeg scales (ITU-T T.81, table K.1)."""
