"""Strips and tiles of TIFF files, packed and unpacked.

Pillow decodes no 16-bit colour and no floating-point colour TIFF. So it (that is, libtiff) only
undoes the compression, of a strip that claims to be 8-bit grey; what the bytes mean is worked out
here: byte order and predictors (TIFF 6.0, section 14; Adobe Photoshop TIFF Technical Note 3).
"""

from __future__ import annotations

import ctypes
import io
import zlib
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from litedenoise_sdk.imageio.ifd import LONG, SHORT, ByteOrder, Field, build_directory
from litedenoise_sdk.imageio.photo import Pixels

if TYPE_CHECKING:
    from PIL.TiffImagePlugin import TiffImageFile

NONE, LZW, DEFLATE = 1, 5, 8
_OLD_DEFLATE, _PACKBITS, _ZSTD, _LZMA = 32946, 32773, 50000, 34925
COMPRESSIONS = frozenset({NONE, LZW, DEFLATE, _OLD_DEFLATE, _PACKBITS, _ZSTD, _LZMA})

NO_PREDICTOR, HORIZONTAL, FLOATING_POINT = 1, 2, 3
_LEVEL = 4  # 6 takes up to four times as long and saves 3 % on photographs


def decompress(data: bytes, compression: int, rows: int, row_bytes: int) -> bytes:
    """The bytes of a strip; never more than ``rows * row_bytes``.

    Raises:
        zlib.error, OSError, ValueError: damaged data.
    """
    length = rows * row_bytes
    if compression == NONE:
        return data[:length]
    if compression in (DEFLATE, _OLD_DEFLATE):
        return zlib.decompressobj().decompress(data, length)
    return _libtiff(data, compression, rows, row_bytes)


@cache
def quiet_reader() -> type[TiffImageFile]:
    """Pillow's reader of TIFF files, whose libtiff prints nothing; it raises what is wrong."""
    from PIL import _imaging
    from PIL.TiffImagePlugin import TiffImageFile

    with suppress(OSError, AttributeError):  # where its functions cannot be found
        libtiff = ctypes.CDLL(_imaging.__file__)
        libtiff.TIFFSetErrorHandler(None)
        libtiff.TIFFSetWarningHandler(None)
    return TiffImageFile


def _libtiff(data: bytes, compression: int, rows: int, row_bytes: int) -> bytes:
    fields = [
        Field.integers("<", 256, LONG, row_bytes),
        Field.integers("<", 257, LONG, rows),
        Field.integers("<", 258, SHORT, 8),
        Field.integers("<", 259, SHORT, compression),
        Field.integers("<", 262, SHORT, 1),
        Field.integers("<", 277, SHORT, 1),
        Field.integers("<", 278, LONG, rows),
        Field.integers("<", 279, LONG, len(data)),
    ]
    at = 8 + len(build_directory("<", 8, [*fields, Field.integers("<", 273, LONG, 0)]))
    directory = build_directory("<", 8, [*fields, Field.integers("<", 273, LONG, at)])
    with quiet_reader()(io.BytesIO(b"II*\0\x08\0\0\0" + directory + data)) as image:
        return image.tobytes()


def unpredict(rows: Pixels, predictor: int, dtype: np.dtype[np.generic]) -> Pixels:
    """Undo the predictor and the byte order.

    Args:
        rows: (h, w, channels * bytes per sample) uint8.
        predictor: NO_PREDICTOR, HORIZONTAL or FLOATING_POINT.
        dtype: of the samples, in the file's byte order.

    Returns:
        (h, w, channels) in native byte order.
    """
    height, width, pixel_bytes = rows.shape
    channels = pixel_bytes // dtype.itemsize
    native = dtype.newbyteorder("=")
    if predictor == FLOATING_POINT:
        # Bytes of equal weight lie together, the heaviest first, differenced by pixel.
        planes = rows.reshape(height, width * dtype.itemsize, channels)
        planes = planes.cumsum(axis=1, dtype=np.uint8)
        planes = planes.reshape(height, dtype.itemsize, width * channels).swapaxes(1, 2)
        heavy_first = np.ascontiguousarray(planes).view(dtype.newbyteorder(">"))
        return heavy_first.reshape(height, width, channels).astype(native)
    samples = rows.view(dtype).reshape(height, width, channels).astype(native, copy=False)
    if predictor == HORIZONTAL:
        # Wraps around at the sample's width, as it has to.
        integers = samples.view(f"u{dtype.itemsize}")
        return integers.cumsum(axis=1, dtype=integers.dtype).view(native)
    return samples


def pack(samples: Pixels, order: ByteOrder) -> bytes:
    """Rows to a deflated strip with the predictor that ``predictor_of`` names.

    Args:
        samples: (h, w, channels) uint8, uint16 or float32, contiguous.
        order: byte order of the file.
    """
    height, width, channels = samples.shape
    if samples.dtype == np.float32:
        planes = samples.astype(">f4").view(np.uint8).reshape(height, width * channels, 4)
        line = np.ascontiguousarray(planes.swapaxes(1, 2)).reshape(height, 4 * width, channels)
        differences = np.diff(line, axis=1, prepend=np.zeros_like(line[:, :1]))
    else:
        differences = np.diff(samples, axis=1, prepend=np.zeros_like(samples[:, :1]))
        differences = differences.astype(differences.dtype.newbyteorder(order), copy=False)
    return zlib.compress(differences.tobytes(), _LEVEL)


def predictor_of(dtype: np.dtype[np.generic]) -> int:
    return FLOATING_POINT if dtype == np.float32 else HORIZONTAL
