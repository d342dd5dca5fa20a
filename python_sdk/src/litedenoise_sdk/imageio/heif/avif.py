"""AVIF: 8 bits through Pillow (libavif), 10 and 12 bits through OpenCV where it is installed."""

from __future__ import annotations

import contextlib
import io
import secrets
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from litedenoise_sdk.errors import OutputError, UnreadableImage
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio import colour
from litedenoise_sdk.imageio import exif as exif_block
from litedenoise_sdk.imageio.boxes import boxes
from litedenoise_sdk.imageio.canvas import Canvas, band_rows
from litedenoise_sdk.imageio.depth import deep_bits, from_bits, to_bits
from litedenoise_sdk.imageio.extras import DEEP_AVIF_ADVICE, deep_avif_library
from litedenoise_sdk.imageio.heif.attached import attach, read_beside
from litedenoise_sdk.imageio.heif.av1 import check_streams
from litedenoise_sdk.imageio.heif.picture import QUALITIES, picture_bytes
from litedenoise_sdk.imageio.limits import check_frames, check_sides, check_size
from litedenoise_sdk.imageio.orientation import as_stored
from litedenoise_sdk.imageio.photo import Metadata, Photo
from litedenoise_sdk.imageio.pillow import interleave, read_pixels, reading, to_pillow
from litedenoise_sdk.imageio.room import best_that_fits
from litedenoise_sdk.imageio.upright import turned_upright

if TYPE_CHECKING:
    from PIL.AvifImagePlugin import AvifImageFile

MAX_SIDE = 65_535
_SUBSAMPLING = {0: "4:4:4", 2: "4:2:0"}
_SPEED = 6
_HIGH_DEPTH, _TWELVE_BIT = 0x40, 0x20
_NO_TAGS = b"II*\0\x08\0\0\0" + bytes(6)
_MARK_BYTES = 12


def read_avif(file: BinaryIO, max_pixels: int, first_frame: bool = False) -> Photo:
    """Decode an AVIF file; 10 and 12 bits as uint16 with OpenCV, rounded to 8 without, and noted.

    The container says how the picture is turned (irot, imir); the orientations in EXIF and XMP
    repeat that, and are not applied again.

    Raises:
        UnreadableImage: damaged or cut short.
        UnsupportedImage: animated.
        ImageTooLarge: more than ``max_pixels`` pixels.
    """
    from PIL.AvifImagePlugin import AvifImageFile

    data = file.read()
    with reading("the AVIF file"):
        image = AvifImageFile(io.BytesIO(data))
    with image:
        # Before anything is decoded.
        size = Size(image.height, image.width)
        check_size(size, max_pixels)
        check_streams(data, size, max_pixels)
        frames = getattr(image, "n_frames", 1)
        check_frames("AVIF", frames, first_frame)
        meta = next((content for kind, content in boxes(data) if kind == b"meta"), b"")
        # Pillow puts irot and imir there.
        exif = exif_block.bare(image.info.get("exif"))
        orientation = exif_block.read_orientation(exif)
        depth = _depth(meta)
        canvas, notes = _decoded(image, data, depth, orientation)
        beside = read_beside(data, image.info.get("xmp") or None)
        metadata = Metadata(
            format="AVIF",
            exif=exif,
            icc=image.info.get("icc_profile") or _stated_colours(meta),
            xmp=beside.xmp,
            dpi=exif_block.resolution(exif),
            lossy=beside.lossy,
            depth=depth if canvas.stored.dtype != np.uint8 else None,
            attached=beside.attached,
        )
    notes += beside.notes
    if frames > 1:
        notes += (f"this is the first of {frames} frames: the others were left out",)
    photo = Photo(canvas.pixels, canvas.alpha, canvas.grey, metadata, notes)
    return turned_upright(photo, orientation)


def _decoded(
    image: AvifImageFile, data: bytes, depth: int, orientation: int
) -> tuple[Canvas, tuple[str, ...]]:
    library = deep_avif_library() if depth > 8 else None
    if library is None:
        with reading("the AVIF file"):
            image.load()
        notes = (f"{depth} bits a channel were rounded to 8; {DEEP_AVIF_ADVICE}",)
        return read_pixels(image, orientation), notes if depth > 8 else ()
    try:
        with _silent(library):
            samples = library.imdecode(np.frombuffer(data, np.uint8), library.IMREAD_UNCHANGED)
    except library.error as error:
        samples, reason = None, error
    else:
        reason = "OpenCV cannot decode it"
    if samples is None or samples.dtype != np.uint16 or samples.shape[:2] != image.size[::-1]:
        raise UnreadableImage(
            f"the AVIF file is damaged or cut short ({reason}); get the file again from its source"
        )
    samples = np.atleast_3d(samples)
    height, width, channels = samples.shape
    canvas = Canvas(Size(height, width), channels, samples.dtype, orientation)
    rows = band_rows(width, 8)
    for top in range(0, height, rows):
        band = samples[top : top + rows, :, _swapped(channels)]
        canvas.write(top, 0, from_bits(band, depth))
    return canvas, ()


@contextlib.contextmanager
def _silent(library: Any) -> Iterator[None]:
    """OpenCV also prints what it raises."""
    log = library.utils.logging
    level = log.setLogLevel(log.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        log.setLogLevel(level)


def _swapped(channels: int) -> list[int]:
    """OpenCV's order, blue, green and red, and back again."""
    return [2, 1, 0, 3][:channels] if channels > 1 else [0]


def _depth(meta: bytes) -> int:
    """Bits a channel, by the AV1 codec configuration (AV1-ISOBMFF, 2.3.3)."""
    at = meta.find(b"av1C")
    flags = meta[at + 6] if 0 <= at < len(meta) - 6 else 0
    if not flags & _HIGH_DEPTH:
        return 8
    return 12 if flags & _TWELVE_BIT else 10


def _stated_colours(meta: bytes) -> bytes | None:
    """The profile of colours that the container states in numbers (ISO 14496-12, 12.1.5)."""
    at = meta.find(b"colrnclx")
    if at < 0 or at + 14 > len(meta):
        return None
    primaries, transfer = meta[at + 9], meta[at + 11]
    return colour.from_cicp(bytes((primaries, transfer, 0, 1)))


def write_avif(photo: Photo, file: BinaryIO) -> tuple[str, ...]:
    """Encode as AVIF: in 8 bits, 4:4:4, or deep photos in 10 bits, 4:2:0.

    Photos that come from 12 bits are written in 12. Deep ones need OpenCV and become 8 bits
    without it. Those of 8 bits that come from an AVIF file keep its sampling of colour. Quality is
    90, or a lower one if that makes a file larger than an AVIF source.

    Returns:
        Notes on what AVIF cannot hold.

    Raises:
        OutputError: a side longer than 65,535 pixels.
    """
    check_sides(photo.size, MAX_SIDE, "AVIF")
    metadata, attached = photo.metadata, photo.metadata.attached
    if attached:
        photo = as_stored(photo, attached.orientation)
    subsampling = 0
    if metadata.format == "AVIF" and metadata.lossy:
        subsampling = metadata.lossy.subsampling

    def sample_bytes(sample: Photo, quality: float) -> int:
        return picture_bytes(_encoded(sample, int(quality), subsampling)[0])

    quality = int(best_that_fits(photo, "AVIF", QUALITIES, sample_bytes))
    data, notes = _encoded(photo, quality, subsampling)
    file.write(attach(data, attached) if attached else data)
    return notes


def _encoded(photo: Photo, quality: int, subsampling: int) -> tuple[bytes, tuple[str, ...]]:
    """The file, and notes on what it does not hold."""
    if photo.pixels.dtype == np.uint8:
        return _eight_bits(photo, quality, subsampling), ()
    library = deep_avif_library()
    if library is None:
        note = f"AVIF was written in 8 bits a channel; {DEEP_AVIF_ADVICE}"
        return _eight_bits(photo, quality, subsampling), (note,)
    metadata = photo.metadata
    depth, notes = deep_bits(metadata, "AVIF")
    if metadata.exif and not exif_block.is_readable(metadata.exif):
        metadata = replace(metadata, exif=None)
        notes += ("the EXIF block cannot be read, and AVIF holds no such: it was left out",)
    return _deep(library, replace(photo, metadata=metadata), depth, quality), notes


def _deep(library: Any, photo: Photo, depth: int, quality: int) -> bytes:
    samples = interleave(photo, slice(None), np.dtype(np.uint16))
    if samples.shape[2] == 2:  # it takes no grey with alpha
        samples = samples[..., (0, 0, 0, 1)]
    samples = samples[..., _swapped(samples.shape[2])]
    rows = band_rows(samples.shape[1], 16)
    for top in range(0, samples.shape[0], rows):
        samples[top : top + rows] = to_bits(samples[top : top + rows], depth)
    metadata = photo.metadata
    said = {
        library.IMAGE_METADATA_EXIF: metadata.exif,
        library.IMAGE_METADATA_XMP: metadata.xmp,
        library.IMAGE_METADATA_ICCP: metadata.icc,
    }
    blocks = {kind: np.frombuffer(block, np.uint8) for kind, block in said.items() if block}
    settings = {
        library.IMWRITE_AVIF_DEPTH: depth,
        library.IMWRITE_AVIF_QUALITY: quality,
        library.IMWRITE_AVIF_SPEED: _SPEED,
    }
    with _silent(library):
        is_done, encoded = library.imencodeWithMetadata(
            ".avif",
            samples,
            list(blocks),
            list(blocks.values()),
            [number for setting in settings.items() for number in setting],
        )
    if not is_done:
        raise OutputError("OpenCV cannot write the photo as AVIF; write PNG or TIFF instead")
    return bytes(encoded)


def _eight_bits(photo: Photo, quality: int, subsampling: int) -> bytes:
    metadata = photo.metadata
    image = to_pillow(photo, "RGBA" if photo.alpha is not None else "L" if photo.grey else "RGB")
    encoded = io.BytesIO()
    placeholder = _placeholder(metadata.exif)
    image.save(
        encoded,
        "AVIF",
        quality=quality,
        subsampling="4:0:0" if image.mode == "L" else _SUBSAMPLING[subsampling],
        exif=placeholder,
        icc_profile=metadata.icc or b"",
        xmp=metadata.xmp or b"",
    )
    data = encoded.getvalue()
    if placeholder:
        assert metadata.exif is not None
        data = data.replace(placeholder, metadata.exif, 1)
    return data


def _placeholder(exif: bytes | None) -> bytes:
    """As long as the EXIF block: Pillow writes blocks with an orientation anew, others as is."""
    if exif is None or len(exif) < len(_NO_TAGS) + _MARK_BYTES:  # there is no tag in it
        return b""
    return _NO_TAGS + secrets.token_bytes(len(exif) - len(_NO_TAGS))
