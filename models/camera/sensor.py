"""The sensor: Bayer mosaic, shot and read noise, row noise, hot pixels, and linear demosaicing."""

import numpy as np
from keras import KerasTensor as Tensor
from keras import ops, random
from keras.random import SeedGenerator

from models.camera.poisson import poisson

LEAST_GAIN = 1e-10

_G_AT_RB = np.array(
    [[0, 0, -1, 0, 0], [0, 0, 2, 0, 0], [-1, 2, 4, 2, -1], [0, 0, 2, 0, 0], [0, 0, -1, 0, 0]]
)
_RB_AT_G_SAME_ROW = np.array(
    [
        [0, 0, 0.5, 0, 0],
        [0, -1, 0, -1, 0],
        [-1, 4, 5, 4, -1],
        [0, -1, 0, -1, 0],
        [0, 0, 0.5, 0, 0],
    ]
)
_RB_AT_BR = np.array(
    [
        [0, 0, -1.5, 0, 0],
        [0, 2, 0, 2, 0],
        [-1.5, 0, 6, 0, -1.5],
        [0, 2, 0, 2, 0],
        [0, 0, -1.5, 0, 0],
    ]
)
_KERNELS = (
    np.stack([_G_AT_RB, _RB_AT_G_SAME_ROW, _RB_AT_G_SAME_ROW.T, _RB_AT_BR], axis=-1) / 8
).astype(np.float32)[:, :, None, :]
"""Malvar, He and Cutler, "High-quality linear interpolation for demosaicing", ICASSP 2004."""


def bayer_masks(height: int, width: int) -> np.ndarray:
    """One where an RGGB sensor sees red, green, blue: (H, W, 3) float32. H and W are even."""
    masks = np.zeros((height, width, 3), np.float32)
    masks[0::2, 0::2, 0] = 1
    masks[0::2, 1::2, 1] = 1
    masks[1::2, 0::2, 1] = 1
    masks[1::2, 1::2, 2] = 1
    return masks


def mosaic(rgb: Tensor) -> Tensor:
    """What an RGGB sensor records of linear RGB: (N, H, W, 3) to (N, H, W, 1)."""
    return ops.sum(rgb * bayer_masks(rgb.shape[1], rgb.shape[2]), axis=-1, keepdims=True)


def white_balanced(raw: Tensor, gains: Tensor) -> Tensor:
    """A mosaic (N, H, W, 1) with each pixel times the gain of its colour, (N, 1, 1, 3)."""
    return raw * ops.sum(gains * bayer_masks(raw.shape[1], raw.shape[2]), axis=-1, keepdims=True)


def demosaic(raw: Tensor) -> Tensor:
    """Linear RGB from an RGGB mosaic: (N, H, W, 1) to (N, H, W, 3), Malvar-He-Cutler."""
    height, width = raw.shape[1], raw.shape[2]
    padded = ops.pad(raw, [[0, 0], [2, 2], [2, 2], [0, 0]], mode="reflect")
    g_at_rb, same_row, same_column, opposite = ops.split(
        ops.conv(padded, _KERNELS, padding="valid", data_format="channels_last"), 4, axis=-1
    )
    masks = bayer_masks(height, width)
    at_red, at_blue = masks[..., 0:1], masks[..., 2:3]
    even_rows = np.zeros((height, width, 1), np.float32)
    even_rows[0::2] = 1
    green_in_red_row = masks[..., 1:2] * even_rows
    green_in_blue_row = masks[..., 1:2] * (1 - even_rows)
    red = (
        raw * at_red
        + same_row * green_in_red_row
        + same_column * green_in_blue_row
        + opposite * at_blue
    )
    green = raw * masks[..., 1:2] + g_at_rb * (at_red + at_blue)
    blue = (
        raw * at_blue
        + same_row * green_in_blue_row
        + same_column * green_in_red_row
        + opposite * at_red
    )
    return ops.concatenate([red, green, blue], axis=-1)


def shot_noise(raw: Tensor, gain: Tensor, seed: SeedGenerator) -> Tensor:
    """What counting electrons adds to the clean mosaic ``raw`` (N, H, W, 1) in [0, 1].

    Args:
        raw: without noise.
        gain: (N, 1, 1, 1), an electron's part of full scale; the variance is ``gain * raw``. 0 is
            a sensor that does not count.
        seed: of the counts.
    """
    gain = ops.maximum(gain, LEAST_GAIN)
    return gain * poisson(ops.maximum(raw, 0.0) / gain, seed) - ops.maximum(raw, 0.0)


def read_noise(
    raw: Tensor, std: Tensor, seed: SeedGenerator, tails: Tensor | None = None
) -> Tensor:
    """Noise of reading out, of the shape of ``raw``.

    Args:
        raw: a mosaic (N, H, W, 1).
        std: (N, 1, 1, 1), the usual pixel's standard deviation.
        seed: of the noise.
        tails: (N, 1, 1, 1): pixels differ in theirs by a factor exp(tails * normal). Without it
            they are all alike.
    """
    usual = std * random.normal(ops.shape(raw), seed=seed)
    if tails is None:
        return usual
    return usual * ops.exp(tails * random.normal(ops.shape(raw), seed=seed))


def defects(
    raw: Tensor, row_std: Tensor, hot: Tensor, hot_pixel_rate: float, seed: SeedGenerator
) -> Tensor:
    """Noise that is common to a row, and pixels that are stuck bright, of the shape of ``raw``.

    Args:
        raw: a mosaic (N, H, W, 1).
        row_std: (N, 1, 1, 1), standard deviation of the rows' noise.
        hot: (N, 1, 1, 1), a hot pixel's excess. It grows with the gain, as its dark current is
            amplified like the signal.
        hot_pixel_rate: share of the pixels.
        seed: of both.
    """
    rows = row_std * random.normal((ops.shape(raw)[0], raw.shape[1], 1, 1), seed=seed)
    stuck = ops.cast(random.uniform(ops.shape(raw), seed=seed) < hot_pixel_rate, raw.dtype)
    return rows + stuck * hot
