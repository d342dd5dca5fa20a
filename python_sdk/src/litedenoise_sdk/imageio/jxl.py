"""JPEG XL through pylibjxl (libjxl), which handles 8 bits a channel."""

from __future__ import annotations

from typing import Any, BinaryIO

import numpy as np

from litedenoise_sdk.errors import UnsupportedImage
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio import exif as exif_block
from litedenoise_sdk.imageio import xmp as xmp_packet
from litedenoise_sdk.imageio.boxes import box, boxes
from litedenoise_sdk.imageio.canvas import Canvas
from litedenoise_sdk.imageio.credentials import C2PA_NOTE
from litedenoise_sdk.imageio.extras import reading_library, writing_library
from litedenoise_sdk.imageio.limits import check_size
from litedenoise_sdk.imageio.photo import LossyHints, Metadata, Photo
from litedenoise_sdk.imageio.pillow import interleave
from litedenoise_sdk.imageio.room import best_that_fits
from litedenoise_sdk.imageio.upright import turned_upright

_SIGNATURE = box(b"JXL ", b"\r\n\x87\n")
DISTANCES = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0)
"""In units of Butteraugli: 1 is invisible at a usual viewing distance."""


def read_jxl(file: BinaryIO, max_pixels: int) -> Photo:
    """Decode a JPEG XL file; more than 8 bits a channel are rounded, and that is noted.

    libjxl turns the picture as the file says; the orientations in EXIF and XMP repeat that.

    Raises:
        UnreadableImage: damaged or cut short.
        UnsupportedImage: animated, or pylibjxl is not installed.
        ImageTooLarge: more than ``max_pixels`` pixels.
    """
    pylibjxl = reading_library("JPEG XL")
    data = file.read()
    found = pylibjxl.probe(data)
    check_size(Size(found["height"], found["width"]), max_pixels)
    if found["have_animation"]:
        raise UnsupportedImage(
            "the JPEG XL file is an animation; expected a single picture. "
            "Extract the frame you want"
        )
    samples, said = pylibjxl.decode(data, metadata=True)
    samples = np.atleast_3d(samples)
    canvas = Canvas(Size(*samples.shape[:2]), samples.shape[2], samples.dtype, 1)
    canvas.write(0, 0, samples)
    exif, xmp = exif_block.bare(said.get("exif")), said.get("xmp") or None
    metadata = Metadata(
        format="JPEG XL",
        exif=exif,
        icc=said.get("icc") or None,
        xmp=xmp and xmp_packet.upright(xmp_packet.without_followers(xmp)),
        lossy=LossyHints(_picture_bytes(data) / (found["height"] * found["width"])),
        dpi=exif_block.resolution(exif),
    )
    notes: tuple[str, ...] = ()
    if any(kind == b"jumb" and b"c2pa" in content for kind, content in boxes(data)):
        notes = (C2PA_NOTE,)
    if found["bits_per_sample"] > 8:
        notes += ("more than 8 bits a channel were rounded to 8",)
    return turned_upright(Photo(canvas.pixels, canvas.alpha, canvas.grey, metadata, notes), 1)


def write_jxl(photo: Photo, file: BinaryIO) -> tuple[str, ...]:
    """Encode as JPEG XL in 8 bits a channel.

    The distance is 0.5, or a larger one if that makes a file larger than a JPEG XL source.

    Returns:
        Notes on what it could not hold.

    Raises:
        OutputError: pylibjxl is not installed.
    """
    library = writing_library("JPEG XL")
    metadata = photo.metadata
    icc = metadata.icc
    notes: tuple[str, ...] = ()
    if photo.grey and photo.alpha is not None and icc and icc[16:20] == b"GRAY":
        icc, notes = None, ("grey with transparency became RGB: the grey ICC profile was left out",)
    file.write(_SIGNATURE)
    file.write(box(b"ftyp", b"jxl \0\0\0\0jxl "))
    # Boxes as they are: the library would compress them, and not every reader unpacks that.
    if metadata.exif:
        file.write(box(b"Exif", bytes(4) + metadata.exif))
    if metadata.xmp:
        file.write(box(b"xml ", metadata.xmp))

    def sample_bytes(sample: Photo, distance: float) -> int:
        return len(_codestream(library, sample, distance, None))

    distance = best_that_fits(photo, "JPEG XL", DISTANCES, sample_bytes)
    file.write(box(b"jxlc", _codestream(library, photo, distance, icc)))
    return notes


def _codestream(library: Any, photo: Photo, distance: float, icc: bytes | None) -> bytes:
    samples = interleave(photo, slice(None), np.dtype(np.uint8))
    if samples.shape[2] == 2:  # it takes no grey with alpha
        samples = np.ascontiguousarray(samples[..., (0, 0, 0, 1)])
    encoded: bytes = library.encode(samples, distance=distance, icc=icc)
    if encoded.startswith(_SIGNATURE):  # as it does with a profile
        return next(content for kind, content in boxes(encoded) if kind == b"jxlc")
    return encoded


def _picture_bytes(data: bytes) -> int:
    """Bytes of the codestream, which may come in parts."""
    parts = [len(content) for kind, content in boxes(data) if kind in (b"jxlc", b"jxlp")]
    return sum(parts) if data.startswith(_SIGNATURE) else len(data)
