"""Pixels to TIFF, in their own depth, deflated.

The file grows around the EXIF block: the block, itself a small TIFF file, comes first and stays
where its inner offsets expect it, so even maker notes that only their maker can move stay valid.
The strips follow, and last a new first directory that joins the block's tags and the picture's.
"""

import struct
from collections.abc import Iterator
from fractions import Fraction
from typing import BinaryIO

import numpy as np

from litedenoise_sdk.errors import OutputError
from litedenoise_sdk.imageio import exif as exif_block
from litedenoise_sdk.imageio.canvas import band_rows
from litedenoise_sdk.imageio.ifd import (
    LONG,
    RATIONAL,
    SHORT,
    UNDEFINED,
    BrokenDirectory,
    ByteOrder,
    Field,
    build_directory,
)
from litedenoise_sdk.imageio.parallel import ordered_map
from litedenoise_sdk.imageio.photo import Metadata, Photo
from litedenoise_sdk.imageio.pillow import interleave
from litedenoise_sdk.imageio.tiff import page as tags
from litedenoise_sdk.imageio.tiff.codec import DEFLATE, pack, predictor_of
from litedenoise_sdk.imageio.tiff.metadata import (
    CAPTIONS,
    ICC,
    IPTC,
    PHOTOSHOP,
    RESOLUTION_UNIT,
    STORAGE,
    X_RESOLUTION,
    XMP,
    Y_RESOLUTION,
)

_MAX_BYTES = 2**32 - 1
_UNSPECIFIED = 0
_RESOLUTION = frozenset({X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT})


def write_tiff(photo: Photo, file: BinaryIO) -> tuple[str, ...]:
    """Encode as TIFF: uint8, uint16 or float32, as the photo is.

    Returns:
        Notes on what TIFF cannot hold.

    Raises:
        OutputError: more than 4 GB.
    """
    notes: tuple[str, ...] = ()
    metadata = photo.metadata
    block = b"II*\0\0\0\0\0"
    order: ByteOrder = "<"
    kept: list[tuple[int, bytes]] = []
    if metadata.exif:
        try:
            order, kept = exif_block.first_directory(metadata.exif)
            block = metadata.exif
        except BrokenDirectory:
            notes = (
                "the EXIF block cannot be read, so that no TIFF file can hold it: it was left out",
            )
    file.write(block)
    at = len(block)
    offsets, lengths = [], []
    rows = _rows(photo)
    for strip in _strips(photo, order, rows):
        offsets.append(at)
        lengths.append(len(strip))
        file.write(strip)
        at += len(strip)
    file.write(b"\0" * (at % 2))
    at += at % 2
    storage = _storage_fields(photo, order, rows, offsets, lengths)
    described = _metadata_fields(metadata, order)
    ours = {field.tag for field in (*storage, *described)} | STORAGE
    if metadata.dpi:
        ours |= _RESOLUTION
    entries = [entry for tag, entry in kept if tag not in ours]
    directory = build_directory(order, at, [*storage, *described], entries)
    if at + len(directory) > _MAX_BYTES:
        raise OutputError("TIFF holds at most 4 GB; write 16-bit PNG instead")
    file.write(directory)
    file.seek(4)
    file.write(struct.pack(order + "I", at))
    return notes


def _channels(photo: Photo) -> int:
    masks = 0 if photo.masks is None else photo.masks.shape[2]
    return (1 if photo.grey else 3) + (photo.alpha is not None) + masks


def _rows(photo: Photo) -> int:
    """Rows of a strip: half a megabyte or a little less."""
    pixel_bytes = _channels(photo) * photo.pixels.dtype.itemsize
    return min(photo.size.height, band_rows(photo.size.width, 16 * pixel_bytes))


def _strips(photo: Photo, order: ByteOrder, rows: int) -> Iterator[bytes]:
    dtype = photo.pixels.dtype

    def strip(top: int) -> bytes:
        return pack(interleave(photo, slice(top, top + rows), dtype), order)

    return ordered_map(strip, range(0, photo.size.height, rows))


def _storage_fields(
    photo: Photo, order: ByteOrder, rows: int, offsets: list[int], lengths: list[int]
) -> list[Field]:
    channels, dtype = _channels(photo), photo.pixels.dtype
    sample_format = tags.FLOAT if dtype == np.float32 else tags.UNSIGNED

    def field(tag: int, kind: int, *values: int) -> Field:
        return Field.integers(order, tag, kind, *values)

    fields = [
        field(tags.WIDTH, LONG, photo.size.width),
        field(tags.HEIGHT, LONG, photo.size.height),
        field(tags.BITS, SHORT, *[8 * dtype.itemsize] * channels),
        field(tags.COMPRESSION, SHORT, DEFLATE),
        field(tags.PHOTOMETRIC, SHORT, tags.BLACK_IS_ZERO if photo.grey else tags.RGB),
        field(tags.STRIP_OFFSETS, LONG, *offsets),
        field(tags.SAMPLES, SHORT, channels),
        field(tags.ROWS_PER_STRIP, LONG, rows),
        field(tags.STRIP_BYTES, LONG, *lengths),
        field(tags.PLANAR, SHORT, 1),
        field(tags.PREDICTOR, SHORT, predictor_of(dtype)),
        field(tags.SAMPLE_FORMAT, SHORT, *[sample_format] * channels),
    ]
    extra = [] if photo.alpha is None else [tags.STRAIGHT]
    if photo.masks is not None:
        extra += [_UNSPECIFIED] * photo.masks.shape[2]
    if extra:
        fields.append(field(tags.EXTRA_SAMPLES, SHORT, *extra))
    return fields


def _metadata_fields(metadata: Metadata, order: ByteOrder) -> list[Field]:
    blobs = [(ICC, metadata.icc), (XMP, metadata.xmp)]
    if metadata.format == "TIFF":
        blobs += [(int(name), payload) for name, payload in metadata.own if int(name) in CAPTIONS]
    else:
        blobs += [(IPTC, metadata.iptc), (PHOTOSHOP, metadata.photoshop)]
    fields = [Field(tag, UNDEFINED, len(blob), blob) for tag, blob in blobs if blob]
    if metadata.dpi:
        for tag, dpi in zip((X_RESOLUTION, Y_RESOLUTION), metadata.dpi, strict=True):
            fraction = Fraction(dpi).limit_denominator(1000)
            value = struct.pack(order + "II", fraction.numerator, fraction.denominator)
            fields.append(Field(tag, RATIONAL, 1, value))
        fields.append(Field.integers(order, RESOLUTION_UNIT, SHORT, 2))
    return fields
