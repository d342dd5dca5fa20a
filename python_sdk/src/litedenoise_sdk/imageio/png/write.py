"""Pixels to PNG, 8 and 16 bits, a band at a time.

Each row takes the filter with the smallest sum of absolute differences (PNG specification, third
edition, section 12.7). Bands are compressed side by side: each is a piece of deflate that stands on
its own, joined into one zlib stream (RFC 1950, RFC 1951), as pigz does it.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from litedenoise_sdk.errors import OutputError
from litedenoise_sdk.imageio import photoshop
from litedenoise_sdk.imageio.canvas import band_rows
from litedenoise_sdk.imageio.parallel import ordered_map
from litedenoise_sdk.imageio.photo import Metadata, Photo, Pixels
from litedenoise_sdk.imageio.pillow import interleave
from litedenoise_sdk.imageio.png.chunks import INCH_M, SIGNATURE, XMP_KEYWORD

_LEVEL = 4  # 6 takes three times as long and saves 3 % on photographs
_COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}
_MAX_SIDE = 2**31 - 1


def write_png(photo: Photo, file: BinaryIO) -> tuple[str, ...]:
    """Encode as PNG: uint8 as 8 bits, uint16 and float32 as 16 bits.

    Returns:
        Notes on what PNG cannot hold.

    Raises:
        OutputError: the file cannot be written to.
    """
    notes: tuple[str, ...] = ()
    dtype = np.dtype(np.uint8 if photo.pixels.dtype == np.uint8 else np.uint16)
    if photo.pixels.dtype == np.float32:
        notes = ("PNG holds no floating-point pixels: they were rounded to 16 bits",)
    channels = (1 if photo.grey else 3) + (photo.alpha is not None)
    size = photo.size
    if max(size.height, size.width) > _MAX_SIDE:
        raise OutputError(f"PNG holds at most {_MAX_SIDE} pixels a side; the photo has {size}")
    file.write(SIGNATURE)
    header = (size.width, size.height, 8 * dtype.itemsize, _COLOUR_TYPES[channels], 0, 0, 0)
    _write_chunk(file, b"IHDR", struct.pack(">IIBBBBB", *header))
    for name, payload in _metadata_chunks(photo.metadata):
        _write_chunk(file, name.encode("ascii"), payload)
    for piece in _compressed(photo, dtype, channels * dtype.itemsize):
        _write_chunk(file, b"IDAT", piece)
    _write_chunk(file, b"IEND", b"")
    return notes


def _write_chunk(file: BinaryIO, kind: bytes, payload: bytes) -> None:
    file.write(struct.pack(">I", len(payload)) + kind)
    file.write(payload)
    file.write(struct.pack(">I", zlib.crc32(payload, zlib.crc32(kind))))


def _metadata_chunks(metadata: Metadata) -> Iterator[tuple[str, bytes]]:
    if metadata.icc:
        yield "iCCP", b"ICC profile\0\0" + zlib.compress(metadata.icc)
    if metadata.format == "PNG":
        yield from metadata.own
    if metadata.dpi:
        x, y = (round(dpi / INCH_M) for dpi in metadata.dpi)
        yield "pHYs", struct.pack(">IIB", x, y, 1)
    if metadata.exif:
        yield "eXIf", metadata.exif
    captions = metadata.iptc
    if metadata.photoshop:
        captions = photoshop.joined(metadata.iptc, metadata.photoshop)
    if captions:
        text = b"\niptc\n%8d\n%b\n" % (len(captions), captions.hex().encode("ascii"))
        yield "zTXt", b"Raw profile type iptc\0\0" + zlib.compress(text)
    if metadata.xmp:
        yield "iTXt", XMP_KEYWORD + b"\0\0\0\0\0" + metadata.xmp


def _compressed(photo: Photo, dtype: np.dtype[np.generic], pixel_bytes: int) -> Iterator[bytes]:
    """The zlib stream, in pieces; about one band per worker is in memory."""
    height = photo.size.height
    rows = band_rows(photo.size.width, 8 * pixel_bytes)

    def compress(top: int) -> tuple[bytes, bytes]:
        # With the row above, which the first row's filter refers to.
        band = interleave(photo, slice(max(0, top - 1), top + rows), dtype)
        if dtype == np.uint16:
            band = band.astype(">u2")
        lines = band.view(np.uint8).reshape(band.shape[0], -1)
        if top == 0:
            lines = np.concatenate((np.zeros_like(lines[:1]), lines))
        filtered = _filtered(lines[1:], lines[:-1], pixel_bytes)
        deflater = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        last = top + rows >= height
        flush = zlib.Z_FINISH if last else zlib.Z_SYNC_FLUSH
        return filtered, deflater.compress(filtered) + deflater.flush(flush)

    checksum = zlib.adler32(b"")
    yield b"\x78\x9c"
    for filtered, piece in ordered_map(compress, range(0, height, rows)):
        checksum = zlib.adler32(filtered, checksum)
        yield piece
    yield struct.pack(">I", checksum)


def _filtered(band: Pixels, up: Pixels, pixel_bytes: int) -> bytes:
    """Rows with their filter bytes.

    Args:
        band: (h, bytes per row) uint8.
        up: the same, one row higher.
        pixel_bytes: distance to the same byte of the pixel on the left.
    """
    left = np.zeros_like(band)
    left[:, pixel_bytes:] = band[:, :-pixel_bytes]
    corner = np.zeros_like(band)
    corner[:, pixel_bytes:] = up[:, :-pixel_bytes]
    candidates = (
        band - left,
        band - up,
        band - ((left.astype(np.uint16) + up) >> 1).astype(np.uint8),
        band - _paeth(left, up, corner),
    )
    costs = [np.abs(c.view(np.int8).astype(np.int16)).sum(axis=1) for c in candidates]
    best = np.argmin(costs, axis=0)
    rows = np.empty((band.shape[0], band.shape[1] + 1), np.uint8)
    rows[:, 0] = best + 1
    for index, candidate in enumerate(candidates):
        chosen = best == index
        rows[chosen, 1:] = candidate[chosen]
    return rows.tobytes()


def _paeth(left: Pixels, up: Pixels, corner: Pixels) -> Pixels:
    a, b, c = (part.astype(np.int16) for part in (left, up, corner))
    to_left, to_up, to_corner = abs(b - c), abs(a - c), abs(a + b - 2 * c)
    nearer_up = np.where(to_up <= to_corner, up, corner)
    return np.where((to_left <= to_up) & (to_left <= to_corner), left, nearer_up)
