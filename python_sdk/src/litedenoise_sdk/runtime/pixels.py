"""Between a photograph's pixels and a network's input and output tensors.

Values are in [0, 1] on both sides: uint8 counts in 1/255, uint16 in 1/65535. An int8 tensor counts
in 1/255 with zero point -128, so that 8-bit pixels go through as they are; an int16 tensor counts
in 1/32767.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.runtime.protocol import Pixel

_BAND_ROWS = 32
"""Wide intermediate types live for so many rows at a time, not for the whole block."""

_SIGN_BIT = np.uint8(0x80)
"""Flipping it turns counts from 0 to 255 into counts from -128 to 127, and back."""

_INT16_MOST = 32767
"""The count of an int16 network that stands for 1."""

_UINT16_STEPS = 65535 // 255
"""16-bit steps in an 8-bit one."""


def write_input(block: NDArray[Pixel], tensor: NDArray[Any]) -> None:
    """Writes a block into the network's input.

    Args:
        block: (height, width, 3) of uint8, uint16, or float32 in [0, 1].
        tensor: (1, height, width, 3) of float32, int8 or int16, overwritten.
    """
    target = tensor[0]
    if target.dtype == np.int8:
        counts = target.view(np.uint8)
        for rows in _bands(block):
            np.bitwise_xor(_nearest_bytes(block[rows]), _SIGN_BIT, out=counts[rows])
    elif target.dtype == np.int16:
        for rows in _bands(block):
            target[rows] = _nearest_int16(block[rows])
    elif block.dtype == np.float32:
        target[...] = block
    else:
        np.divide(block, _most(block), out=target, dtype=np.float32)


def read_output(block: NDArray[Pixel], tensor: NDArray[Any]) -> NDArray[Pixel]:
    """Turns the network's output for ``block`` into pixels like the block's.

    A float32 network's values are rounded half away from zero. An int8 network knows 256 levels, an
    int16 one 32768: where the photo has more, what the network changed is added to the photo, whose
    finer steps survive.

    Args:
        block: what ``write_input`` was given.
        tensor: the network's output, (1, height, width, 3) of float32, int8 or int16.

    Returns:
        A new array of the block's shape and dtype, clipped to its range.
    """
    source = tensor[0]
    convert = _CONVERSIONS[source.dtype.name]
    pixels = np.empty_like(block)
    for rows in _bands(block):
        pixels[rows] = convert(block[rows], source[rows])
    return pixels


def _from_float(block: NDArray[Any], output: NDArray[Any]) -> NDArray[Any]:
    if block.dtype == np.float32:
        return output.clip(0, 1)
    scaled: NDArray[np.float32] = output * np.float32(_most(block))
    scaled += np.float32(0.5)
    np.clip(scaled, 0, _most(block), out=scaled)
    return scaled


def _from_int8(block: NDArray[Any], output: NDArray[Any]) -> NDArray[Any]:
    denoised: NDArray[np.uint8] = output.view(np.uint8) ^ _SIGN_BIT
    if block.dtype == np.uint8:
        return denoised
    change = denoised.astype(np.int32)
    change -= _nearest_bytes(block)
    if block.dtype == np.uint16:
        change *= _UINT16_STEPS
        change += block
        np.clip(change, 0, _most(block), out=change)
        return change
    photo: NDArray[np.float32] = change.astype(np.float32) / np.float32(255) + block
    np.clip(photo, 0, 1, out=photo)
    return photo


def _from_int16(block: NDArray[Any], output: NDArray[Any]) -> NDArray[Any]:
    if block.dtype == np.uint8:
        return _from_float(block, output * np.float32(1 / _INT16_MOST))
    change = (output.astype(np.int32) - _nearest_int16(block)).astype(np.float64) / _INT16_MOST
    if block.dtype == np.float32:
        return (block + change).clip(0, 1)
    changed: NDArray[np.float64] = np.rint(block + change * _most(block))
    return changed.clip(0, _most(block))


_CONVERSIONS = {"float32": _from_float, "int8": _from_int8, "int16": _from_int16}


def _nearest_int16(block: NDArray[Any]) -> NDArray[np.int16]:
    """The photo in the 32768 levels that an int16 network sees."""
    most = 1.0 if block.dtype == np.float32 else float(_most(block))
    levels: NDArray[np.float64] = np.rint(block * (_INT16_MOST / most))
    return levels.clip(0, _INT16_MOST).astype(np.int16)


def _nearest_bytes(block: NDArray[Any]) -> NDArray[np.uint8]:
    """The photo in the 256 levels that an int8 network sees."""
    if block.dtype == np.uint8:
        return block
    if block.dtype == np.uint16:
        return ((block.astype(np.uint32) + _UINT16_STEPS // 2) // _UINT16_STEPS).astype(np.uint8)
    levels: NDArray[np.float32] = block * np.float32(255) + np.float32(0.5)
    return levels.clip(0, 255).astype(np.uint8)


def _most(block: NDArray[Any]) -> int:
    """The count that stands for 1.0."""
    return int(np.iinfo(block.dtype).max)


def _bands(block: NDArray[Any]) -> Iterator[slice]:
    for top in range(0, block.shape[0], _BAND_ROWS):
        yield slice(top, top + _BAND_ROWS)
