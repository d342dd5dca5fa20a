"""HEIC, which phones write, through pillow-heif (libheif); 8 bits as uint8, deeper as uint16."""

from __future__ import annotations

import io
from typing import Any, BinaryIO

import numpy as np

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio import colour
from litedenoise_sdk.imageio import exif as exif_block
from litedenoise_sdk.imageio import xmp as xmp_packet
from litedenoise_sdk.imageio.canvas import Canvas, band_rows
from litedenoise_sdk.imageio.depth import deep_bits, from_bits, to_bits
from litedenoise_sdk.imageio.extras import reading_library, writing_library
from litedenoise_sdk.imageio.heif.attached import attach, read_beside
from litedenoise_sdk.imageio.heif.picture import QUALITIES, picture_bytes
from litedenoise_sdk.imageio.limits import check_size
from litedenoise_sdk.imageio.orientation import as_stored
from litedenoise_sdk.imageio.photo import Metadata, Photo, Pixels
from litedenoise_sdk.imageio.pillow import interleave, reading
from litedenoise_sdk.imageio.room import best_that_fits
from litedenoise_sdk.imageio.upright import turned_upright

_CHROMA = {0: 444, 2: 420}


def read_heic(file: BinaryIO, max_pixels: int) -> Photo:
    """Decode the main picture of a HEIC file.

    libheif turns the picture as the container says (irot, imir); the orientations in EXIF and XMP
    repeat that, and are not applied again.

    Raises:
        UnreadableImage: damaged or cut short.
        UnsupportedImage: pillow-heif is not installed.
        ImageTooLarge: more than ``max_pixels`` pixels.
    """
    pillow_heif = reading_library("HEIC")
    with reading("the HEIC file"):
        # What is deeper than 8 bits becomes 16, not 8.
        data = file.read()
        image = pillow_heif.open_heif(data, convert_hdr_to_8bit=False)
        width, height = image.size
        check_size(Size(height, width), max_pixels)
        samples = np.asarray(image)
    info = image.info
    depth = int(info.get("bit_depth") or 8)
    canvas = _canvas(samples.reshape(height, width, -1), depth)
    exif = exif_block.bare(info.get("exif"))
    beside = read_beside(data, info.get("xmp") or None)
    metadata = Metadata(
        format="HEIC",
        exif=exif,
        icc=info.get("icc_profile") or _stated_colours(info.get("nclx_profile")),
        xmp=beside.xmp,
        dpi=exif_block.resolution(exif),
        lossy=beside.lossy,
        depth=depth if depth > 8 else None,
        attached=beside.attached,
    )
    notes = beside.notes
    if len(image) > 1:
        notes += (f"the file holds {len(image)} pictures: the others were left out",)
    photo = Photo(canvas.pixels, canvas.alpha, canvas.grey, metadata, notes)
    return turned_upright(photo, 1)


def write_heic(photo: Photo, file: BinaryIO) -> tuple[str, ...]:
    """Encode as HEIC, 4:2:0 as phones do: in 8 bits, or deep photos in 10.

    Photos that come from a HEIC file keep its sampling of colour and its 12 bits. Quality is 90, or
    a lower one if that makes a file larger than a HEIC source.

    Returns:
        Notes on what HEIC cannot hold.

    Raises:
        OutputError: pillow-heif is not installed.
    """
    library = writing_library("HEIC")
    metadata, attached = photo.metadata, photo.metadata.attached
    if attached:
        photo = as_stored(photo, attached.orientation)
    notes: tuple[str, ...] = ()
    if photo.pixels.dtype != np.uint8:
        notes = deep_bits(metadata, "HEIC")[1]

    def sample_bytes(sample: Photo, quality: float) -> int:
        options = {"chroma": _chroma(metadata)}
        return picture_bytes(_encoded(library, sample, int(quality), options))

    quality = int(best_that_fits(photo, "HEIC", QUALITIES, sample_bytes))
    # The library also reads an orientation from XMP, and readers would turn the picture by it.
    xmp = metadata.xmp and xmp_packet.upright(metadata.xmp)
    options = {"exif": metadata.exif, "xmp": xmp, "chroma": _chroma(metadata)}
    if metadata.icc:
        options["icc_profile"] = metadata.icc
    data = _encoded(library, photo, quality, options)
    file.write(attach(data, attached) if attached else data)
    return notes


def _chroma(metadata: Metadata) -> int:
    if metadata.format != "HEIC" or metadata.lossy is None:
        return _CHROMA[2]
    return _CHROMA[metadata.lossy.subsampling]


def _encoded(library: Any, photo: Photo, quality: int, options: dict[str, Any]) -> bytes:
    size = photo.size
    mode = ("L" if photo.grey else "RGB") + ("A" if photo.alpha is not None else "")
    is_deep = photo.pixels.dtype != np.uint8
    depth = deep_bits(photo.metadata, "HEIC")[0] if is_deep else 8
    samples = interleave(photo, slice(None), np.dtype(np.uint16 if is_deep else np.uint8))
    if is_deep:
        mode += ";16"
        samples = _rounded(samples, depth)
    image = library.from_bytes(mode, (size.width, size.height), samples.data)
    del samples
    encoded = io.BytesIO()
    image.save(encoded, quality=quality, bit_depth=depth, **options)
    return encoded.getvalue()


def _rounded(samples: Pixels, depth: int) -> Pixels:
    """16 bits rounded to the nearest value of ``depth`` bits, which the encoder cuts off."""
    rounded = np.empty_like(samples)
    rows = band_rows(samples.shape[1], 16)
    for at in range(0, samples.shape[0], rows):
        rounded[at : at + rows] = to_bits(samples[at : at + rows], depth) << (16 - depth)
    return rounded


def _stated_colours(nclx: dict[str, Any] | None) -> bytes | None:
    """The profile of colours that the container states in numbers."""
    if not nclx:
        return None
    numbers = (nclx.get("color_primaries", 2), nclx.get("transfer_characteristics", 2), 0, 1)
    return colour.from_cicp(bytes(int(number) & 0xFF for number in numbers))


def _canvas(samples: Pixels, depth: int) -> Canvas:
    """Pixels of a file; libheif puts deep ones into the upper bits, here they fill all 16."""
    height, width, channels = samples.shape
    canvas = Canvas(Size(height, width), channels, samples.dtype, 1)
    rows = band_rows(width, 8)
    for top in range(0, height, rows):
        band = samples[top : top + rows]
        if band.dtype == np.uint16:
            band = from_bits(band >> (16 - depth), depth)
        canvas.write(top, 0, band)
    return canvas
