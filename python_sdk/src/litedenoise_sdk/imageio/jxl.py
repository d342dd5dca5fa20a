"""JPEG XL through libjxl: 8 bits a channel with pylibjxl, more where its functions are exported."""

from __future__ import annotations

from typing import Any, BinaryIO

import numpy as np

from litedenoise_sdk.errors import UnsupportedImage
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio import exif as exif_block
from litedenoise_sdk.imageio import libjxl
from litedenoise_sdk.imageio import xmp as xmp_packet
from litedenoise_sdk.imageio.boxes import box, boxes
from litedenoise_sdk.imageio.canvas import Canvas
from litedenoise_sdk.imageio.credentials import C2PA_NOTE
from litedenoise_sdk.imageio.extras import reading_library, writing_library
from litedenoise_sdk.imageio.limits import MAX_METADATA_BYTES, check_budget, check_size
from litedenoise_sdk.imageio.photo import LossyHints, Metadata, Photo
from litedenoise_sdk.imageio.pillow import interleave, reading
from litedenoise_sdk.imageio.room import best_that_fits
from litedenoise_sdk.imageio.upright import turned_upright

_SIGNATURE = box(b"JXL ", b"\r\n\x87\n")
_PICTURE = (b"jxlc", b"jxlp")
_TEXTS = (b"Exif", b"xml ")
_KNOWN = frozenset(
    {b"JXL ", b"ftyp", b"jxll", b"jxli", b"jbrd", b"brob", b"jumb", *_TEXTS, *_PICTURE}
)
"""Those of the picture as it was among them: its index, and what makes a JPEG file of it again."""
_GAIN_MAP = b"jhgm"
DISTANCES = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0)
"""In units of Butteraugli: 1 is invisible at a usual viewing distance."""


def read_jxl(file: BinaryIO, max_pixels: int, first_frame: bool = False) -> Photo:
    """Decode a JPEG XL file; more than 8 bits a channel as uint16.

    libjxl turns the picture as the file says; the orientations in EXIF and XMP repeat that. Where
    pylibjxl does not export libjxl's functions, as on Windows, more than 8 bits are rounded to
    them with a note, and animations have no first frame.

    Raises:
        UnreadableImage: damaged or cut short.
        UnsupportedImage: animated, or pylibjxl is not installed.
        ImageTooLarge: more than ``max_pixels`` pixels.
    """
    pylibjxl = reading_library("JPEG XL")
    data = file.read()
    with reading("the JPEG XL file"):
        found = pylibjxl.probe(data)
    size = Size(found["height"], found["width"])
    check_size(size, max_pixels)
    lib, bits = libjxl.library(), found["bits_per_sample"]
    notes = _notes(data, found, lib is not None, first_frame)
    said = _texts(data, pylibjxl)
    if lib is None:
        with reading("the JPEG XL file"):
            samples = np.atleast_3d(pylibjxl.decode(data))
        icc = said.get("icc") or None
    else:
        samples, icc = libjxl.decode_first(lib, data)
    canvas = Canvas(size, samples.shape[2], samples.dtype, 1)
    canvas.write(0, 0, samples)
    own = _own_boxes(data)
    exif, xmp = exif_block.bare(said.get("exif")), said.get("xmp") or None
    metadata = Metadata(
        format="JPEG XL",
        exif=exif,
        icc=icc,
        xmp=xmp and _upright(xmp, own),
        own=tuple((kind.decode("latin-1"), content) for kind, content in own),
        lossy=LossyHints(_picture_bytes(data) / size.area),
        depth=bits if 8 < bits < 16 and lib else None,
        dpi=exif_block.resolution(exif),
    )
    return turned_upright(Photo(canvas.pixels, canvas.alpha, canvas.grey, metadata, notes), 1)


def _notes(data: bytes, found: dict[str, Any], is_deep: bool, first_frame: bool) -> tuple[str, ...]:
    """What a file has that the photo has not. Raises UnsupportedImage: an animation."""
    notes: tuple[str, ...] = ()
    if found["have_animation"]:
        if not (first_frame and is_deep):
            raise UnsupportedImage(
                "the JPEG XL file is an animation; expected a single picture. "
                "Ask for the first frame, or extract the one you want"
            )
        notes = ("this is the first frame of an animation: the others were left out",)
    stated = [content for kind, content in boxes(data) if kind == b"jumb"]
    if any(b"c2pa" in content for content in stated):
        notes += (C2PA_NOTE,)
    elif stated:
        notes += ("JUMBF boxes were left out: they complete the picture as it was",)
    if found["bits_per_sample"] > 8 and not is_deep:
        notes += ("more than 8 bits a channel were rounded to 8",)
    elif found["exponent_bits_per_sample"]:
        notes += ("floating-point pixels were rounded to 16 bits",)
    return notes


def _own_boxes(data: bytes) -> list[tuple[bytes, bytes]]:
    """Boxes that stay true for the denoised picture, such as its gain map (ISO 21496-1)."""
    if not data.startswith(_SIGNATURE):
        return []
    found = [one for one in boxes(data) if one[0] not in _KNOWN]
    check_budget("bytes of metadata", sum(len(one[1]) for one in found), MAX_METADATA_BYTES)
    return found


def _upright(xmp: bytes, own: list[tuple[bytes, bytes]]) -> bytes:
    if not any(kind == _GAIN_MAP for kind, _ in own):
        xmp = xmp_packet.without_followers(xmp)
    return xmp_packet.upright(xmp)


def _texts(data: bytes, pylibjxl: Any) -> dict[str, bytes]:
    """EXIF and XMP; boxes that are compressed are unpacked by the library."""
    lib = libjxl.library()
    if lib is None:
        with reading("the JPEG XL file"):
            said: dict[str, bytes] = pylibjxl.decode(data, metadata=True)[1]
        return said
    found = dict(boxes(data)) if data.startswith(_SIGNATURE) else {}
    if b"brob" in found:
        found = libjxl.unpacked_boxes(lib, data, _TEXTS)
    exif = found.get(b"Exif", b"")
    return {"exif": exif[4 + int.from_bytes(exif[:4], "big") :], "xmp": found.get(b"xml ", b"")}


def write_jxl(photo: Photo, file: BinaryIO) -> tuple[str, ...]:
    """Encode as JPEG XL, 8 bits as 8 and deep photos in 16 or the bits of a JPEG XL source.

    The distance is 0.5, or a larger one if that makes a file larger than a JPEG XL source. Where
    pylibjxl does not export libjxl's functions, all is rounded to 8 bits.

    Returns:
        Notes on what it could not hold.

    Raises:
        OutputError: pylibjxl is not installed.
    """
    library = writing_library("JPEG XL")
    metadata = photo.metadata
    icc = metadata.icc
    is_deep = photo.pixels.dtype != np.uint8 and libjxl.library() is not None
    notes: tuple[str, ...] = ()
    if not is_deep and photo.pixels.dtype != np.uint8:
        notes = ("JPEG XL was written in 8 bits a channel: the photo was rounded to them",)
    elif photo.pixels.dtype == np.float32:
        notes = ("JPEG XL was written in 16 bits a channel: the photo was rounded to them",)
    if photo.grey and photo.alpha is not None and not is_deep and icc and icc[16:20] == b"GRAY":
        icc = None
        notes += ("grey with transparency became RGB: the grey ICC profile was left out",)

    def sample_bytes(sample: Photo, distance: float) -> int:
        return _picture_bytes(_encoded(library, sample, distance, None))

    distance = best_that_fits(photo, "JPEG XL", DISTANCES, sample_bytes)
    try:
        encoded = _encoded(library, photo, distance, icc)
    except (RuntimeError, ValueError):  # it takes profiles apart, as no other format does
        if icc is None:
            raise
        encoded = _encoded(library, photo, distance, None)
        notes += ("the ICC profile is damaged or of other colours: it was left out",)
    made = list(boxes(encoded)) if encoded.startswith(_SIGNATURE) else [(b"jxlc", encoded)]
    file.write(_SIGNATURE)
    file.write(box(b"ftyp", b"jxl \0\0\0\0jxl "))
    file.writelines(box(*one) for one in made if one[0] == b"jxll")
    # Boxes as they are: the library would compress them, and not every reader unpacks that.
    if metadata.exif:
        file.write(box(b"Exif", bytes(4) + metadata.exif))
    if metadata.xmp:
        file.write(box(b"xml ", metadata.xmp))
    file.writelines(box(*one) for one in made if one[0] in _PICTURE)
    if metadata.format == "JPEG XL":
        file.writelines(box(kind.encode("latin-1"), content) for kind, content in metadata.own)
    return notes


def _encoded(library: Any, photo: Photo, distance: float, icc: bytes | None) -> bytes:
    """A codestream, or where it has a profile or many bits, a file of it."""
    lib = libjxl.library()
    if photo.pixels.dtype != np.uint8 and lib is not None:
        deep = interleave(photo, slice(None), np.dtype(np.uint16))
        return libjxl.encode_deep(lib, deep, photo.metadata.depth or 16, distance, icc)
    samples = interleave(photo, slice(None), np.dtype(np.uint8))
    if samples.shape[2] == 2:  # it takes no grey with alpha
        samples = np.ascontiguousarray(samples[..., (0, 0, 0, 1)])
    encoded: bytes = library.encode(samples, distance=distance, icc=icc)
    return encoded


def _picture_bytes(data: bytes) -> int:
    """Bytes of the codestream, which may come in parts."""
    parts = [len(content) for kind, content in boxes(data) if kind in _PICTURE]
    return sum(parts) if data.startswith(_SIGNATURE) else len(data)
