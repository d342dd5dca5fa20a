"""The sensor: Bayer mosaic, shot and read noise, row noise, hot pixels, and linear demosaicing."""

import numpy as np
from keras import KerasTensor as Tensor
from keras import ops, random
from keras.random import SeedGenerator

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


def sensor_noise(
    raw: Tensor,
    shot_gain: Tensor,
    read_variance: Tensor,
    row_std: Tensor,
    hot_pixel_rate: float,
    seed: SeedGenerator,
) -> Tensor:
    """Noise of a sensor that sees the clean mosaic ``raw`` (N, H, W, 1) in [0, 1].

    The variance at a pixel of value x is ``shot_gain * x + read_variance`` (the Gaussian form of
    the Poisson-Gaussian model, Foi et al., IEEE TIP 2008); ``row_std`` is common to a row. All are
    (N, 1, 1, 1). A share ``hot_pixel_rate`` of the pixels is off by ten times the usual noise.
    """
    std = ops.sqrt(shot_gain * ops.maximum(raw, 0.0) + read_variance)
    noise = std * random.normal(ops.shape(raw), seed=seed)
    noise = noise + row_std * random.normal((ops.shape(raw)[0], raw.shape[1], 1, 1), seed=seed)
    hot = ops.cast(random.uniform(ops.shape(raw), seed=seed) < hot_pixel_rate, noise.dtype)
    # A hot pixel's excess grows with the gain, as its dark current is amplified like the signal.
    return noise + hot * 10.0 * ops.sqrt(read_variance + 0.1 * shot_gain)
