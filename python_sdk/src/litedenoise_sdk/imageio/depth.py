"""Between the depths, and from three channels back to one grey; bands only."""

from typing import Any

import numpy as np

from litedenoise_sdk.imageio.photo import Format, Metadata, Pixels

_NARROW, _WIDE = 10, 12


def rows_as(rows: Pixels, dtype: np.dtype[Any], *, grey: bool) -> Pixels:
    """A band of pixels in another depth, rounded to nearest.

    Args:
        rows: (h, W, C) uint8, uint16, or float32 in [0, 1].
        dtype: the depth wanted, of the same three.
        grey: return the mean of the channels as the only one.

    Returns:
        (h, W, C) or (h, W, 1); ``rows`` itself when nothing has to change.
    """
    if grey:
        rows = _mean_channel(rows)[..., np.newaxis]
    if rows.dtype == dtype:
        return rows
    if dtype == np.float32:
        return np.divide(rows, _top(rows.dtype), dtype=np.float32)
    if rows.dtype == np.float32:
        scaled = rows * np.float32(_top(dtype))
        np.rint(scaled, out=scaled)
        np.clip(scaled, 0, _top(dtype), out=scaled)
        rounded: Pixels = scaled.astype(dtype)
        return rounded
    if dtype == np.uint16:
        return rows.astype(np.uint16) * np.uint16(257)
    return ((rows.astype(np.uint32) + 128) // 257).astype(np.uint8)


def from_bits(rows: Pixels, bits: int) -> Pixels:
    """Values of 9 to 16 bits, 0 to 2**bits - 1, as uint16 that fill all of 0 to 65535."""
    upper: Pixels = rows.astype(np.uint16) << (16 - bits)
    filled: Pixels = upper | (upper >> bits)
    return filled


def to_bits(rows: Pixels, bits: int) -> Pixels:
    """uint16 rounded to the nearest value of ``bits`` bits, as uint16 from 0 to 2**bits - 1."""
    top = (1 << bits) - 1
    rounded: Pixels = ((rows.astype(np.uint32) * top + 32_767) // 65_535).astype(np.uint16)
    return rounded


def deep_bits(metadata: Metadata, format: Format) -> tuple[int, tuple[str, ...]]:
    """10 or 12 bits a channel for a deep photo, and a note where it had more."""
    if metadata.depth:
        return (_WIDE if metadata.depth > _NARROW else _NARROW), ()
    return _NARROW, (f"{format} was written in {_NARROW} bits a channel: the photo was rounded",)


def _mean_channel(rows: Pixels) -> Pixels:
    """(h, W, 3) to (h, W): the mean, rounded to nearest, in the same dtype."""
    if rows.strides[-1] == 0:
        return rows[..., 0]
    mean: Pixels
    if rows.dtype == np.float32:
        # In double precision the mean of three equal values is that value.
        mean = rows.mean(axis=-1, dtype=np.float64).astype(np.float32)
    else:
        mean = ((rows.sum(axis=-1, dtype=np.uint32) + 1) // 3).astype(rows.dtype)
    return mean


def _top(dtype: np.dtype[Any]) -> int:
    return int(np.iinfo(dtype).max)
