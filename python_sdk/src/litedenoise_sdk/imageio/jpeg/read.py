"""JPEG to pixels, with everything that its segments say."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from litedenoise_sdk.errors import UnreadableImage, UnsupportedImage
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio import exif as exif_block
from litedenoise_sdk.imageio import photoshop
from litedenoise_sdk.imageio.canvas import Canvas
from litedenoise_sdk.imageio.credentials import C2PA_NOTE
from litedenoise_sdk.imageio.jpeg.followers import TRAILER, read_followers
from litedenoise_sdk.imageio.jpeg.hints import read_hints
from litedenoise_sdk.imageio.jpeg.segments import (
    EXIF_HEADER,
    ICC_HEADER,
    MPF_HEADER,
    XMP_HEADER,
    Structure,
    find_segments,
)
from litedenoise_sdk.imageio.limits import MAX_METADATA_BYTES, check_budget, check_size
from litedenoise_sdk.imageio.photo import Metadata, Photo, Pixels
from litedenoise_sdk.imageio.pillow import SRGB_NOTE, cmyk_to_srgb, read_pixels, reading
from litedenoise_sdk.imageio.srgb import srgb_profile
from litedenoise_sdk.imageio.upright import turned_upright

if TYPE_CHECKING:
    from PIL.JpegImagePlugin import JpegImageFile

    from litedenoise_sdk.imageio.jpeg.decoder import JpegRows

_LOSSLESS = frozenset({0xC3, 0xC7, 0xCB, 0xCF})
_LEAST_SHARE = 0.5
"""Of the rows: a picture with fewer is not worth denoising."""


def read_jpeg(file: BinaryIO, max_pixels: int, strict: bool = False) -> Photo:
    """Decode the first picture of a JPEG or MPO file.

    A file that ends early is read as far as it goes, with a note; ``strict`` refuses it.

    Raises:
        UnreadableImage: damaged, or less than half of it is there.
        UnsupportedImage: a depth or coding that is not read.
        ImageTooLarge: more than ``max_pixels`` pixels, or more scans than a photograph has.
    """
    from litedenoise_sdk.imageio.jpeg.decoder import JpegRows

    data = file.read()
    structure = find_segments(data)
    _check_kind(structure)
    if not structure.is_whole and (strict or not structure.scans):
        raise _damaged("it ends before its end marker")
    notes = []
    with reading("the JPEG file"):
        # The plugin itself, as Image.open has a size limit of its own that is global.
        image = JpegRows(io.BytesIO(data if structure.is_whole else data + b"\xff\xd9"))
    with image:
        check_size(Size(image.height, image.width), max_pixels)
        metadata, orientation, found = _metadata(image, structure, data)
        with reading("the JPEG file"):
            canvas = _decoded(image, orientation)
        if not structure.is_whole:
            notes.append(_missing(canvas.stored))
        notes += found
        if image.mode == "CMYK":
            metadata = replace(metadata, icc=srgb_profile())
            notes.append(SRGB_NOTE)
    photo = Photo(canvas.pixels, None, canvas.grey, metadata, tuple(notes))
    return turned_upright(photo, orientation)


def _decoded(image: JpegRows, orientation: int) -> Canvas:
    if image.mode != "RGB":
        return read_pixels(cmyk_to_srgb(image) if image.mode == "CMYK" else image, orientation)
    canvas = Canvas(Size(image.height, image.width), 3, np.dtype(np.uint8), orientation)
    image.decode_into(canvas)
    return canvas


def _check_kind(structure: Structure) -> None:
    frame = structure.frame
    if frame is None or len(frame.payload) < 6:
        raise _damaged("it has no frame header")
    depth, components = frame.payload[0], frame.payload[5]
    if len(frame.payload) < 6 + 3 * components:
        raise _damaged(f"its header names {components} components and lists fewer")
    if depth != 8:
        raise UnsupportedImage(
            f"the JPEG file has {depth} bits a sample; expected 8. "
            "Convert it to a 16-bit TIFF or PNG first"
        )
    if frame.marker in _LOSSLESS:
        raise UnsupportedImage(
            "the JPEG file is lossless (ITU-T T.81, annex H), which is not read; "
            "convert it to PNG or TIFF first"
        )


def _metadata(
    image: JpegImageFile, structure: Structure, data: bytes
) -> tuple[Metadata, int, list[str]]:
    """The metadata, the orientation it states, and notes."""
    segments = structure.segments
    check_budget(
        "bytes of metadata", sum(len(segment.payload) for segment in segments), MAX_METADATA_BYTES
    )
    exif = exif_block.bare(image.info.get("exif"))
    orientation = exif_block.read_orientation(exif)
    followers = read_followers(data, structure, image.info.get("xmp"), orientation)
    own: list[tuple[str, bytes]] = []
    notes = list(followers.notes)
    for segment in segments:
        reason = _reason_to_drop(segment.name, segment.payload)
        if reason is None:
            own.append((segment.name, segment.payload))
        elif reason:
            notes.append(reason)
    own, resources = _without_previews(own)
    if followers.index is not None:
        own.append(("APP2", followers.index.payload))
    if followers.data:
        own.append((TRAILER, followers.data))
    metadata = Metadata(
        format="JPEG",
        exif=exif,
        icc=image.info.get("icc_profile") or None,
        xmp=followers.xmp,
        iptc=photoshop.captions(resources),
        photoshop=photoshop.others(resources),
        dpi=_dpi(image),
        jpeg=read_hints(image, orientation),
        own=tuple(own),
        followers=followers.index,
    )
    return metadata, orientation, notes


def _without_previews(own: list[tuple[str, bytes]]) -> tuple[list[tuple[str, bytes]], bytes]:
    """The records without Photoshop's previews, and Photoshop's resources among them."""
    resources = photoshop.from_segments(payload for name, payload in own if name == "APP13")
    kept = photoshop.without_previews(resources)
    if kept == resources:
        return own, resources
    own = [record for record in own if not photoshop.is_segment(*record)]
    return own + [("APP13", payload) for payload in photoshop.to_segments(kept)], kept


def _reason_to_drop(name: str, payload: bytes) -> str | None:
    """None to keep a segment; "" where it is written anew or says nothing that stays true."""
    match name:
        case "COM":
            return None
        case "APP0" | "APP14":
            return ""  # JFIF with its thumbnail; Adobe's colour transform
        case "APP1" if payload.startswith((EXIF_HEADER, XMP_HEADER)):
            return ""
        case "APP2" if payload.startswith((ICC_HEADER, MPF_HEADER)):
            return ""
        case "APP11" if b"c2pa" in payload:
            return C2PA_NOTE
        case "APP11":
            return "JPEG XT and JUMBF boxes were left out: they complete the picture as it was"
        case _:
            return None if name.startswith("APP") else ""


def _missing(rows: Pixels) -> str:
    """The note about a file that ends early. Raises UnreadableImage if too little of it is left."""
    height, width = rows.shape[:2]
    # What libjpeg does not find it fills with the last brightness, all along a row.
    filled = 0
    while filled < height and not np.ptp(rows[-1 - filled], axis=0).any():
        filled += 1
    if width > 1 and filled > height * (1 - _LEAST_SHARE):
        raise _damaged(f"only {height - filled} of its {height} rows are there")
    if filled:
        return f"the file ends early: about {filled} of {height} rows are missing, below"
    return "the file ends early: its end marker is missing, and perhaps some of the last rows"


def _dpi(image: JpegImageFile) -> tuple[float, float] | None:
    dpi = image.info.get("dpi")
    return (float(dpi[0]), float(dpi[1])) if dpi else None


def _damaged(reason: str) -> UnreadableImage:
    return UnreadableImage(
        f"the JPEG file is damaged or cut short ({reason}); get the file again from its source"
    )
