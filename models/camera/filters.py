"""Small linear filters on batches of images (N, H, W, C), reflected at the borders."""

import math

import numpy as np
from keras import KerasTensor as Tensor
from keras import ops


def gaussian_taps(sigma: float) -> list[float]:
    """Normalised taps of a sampled Gaussian, radius 2.5 sigma."""
    radius = max(1, math.ceil(2.5 * sigma))
    taps = [math.exp(-0.5 * (k / sigma) ** 2) for k in range(-radius, radius + 1)]
    return [tap / sum(taps) for tap in taps]


def gaussian_blur(images: Tensor, sigma: float) -> Tensor:
    """Separable Gaussian blur of (N, H, W, C)."""
    taps = gaussian_taps(sigma)
    return _filter_axis(_filter_axis(images, taps, axis=1), taps, axis=2)


def between(fine: Tensor, near: Tensor, far: Tensor, position: Tensor) -> Tensor:
    """From ``fine`` (position 0) over ``near`` (0.5) to ``far`` (1)."""
    first = ops.minimum(2 * position, 1.0)
    second = ops.maximum(2 * position - 1.0, 0.0)
    return fine + first * (near - fine) + second * (far - near)


def _filter_axis(images: Tensor, taps: list[float], axis: int) -> Tensor:
    # A symmetric kernel as shifted sums: cheaper than a depthwise convolution on every backend.
    radius = len(taps) // 2
    padding = [[0, 0]] * 4
    padding[axis] = [radius, radius]
    padded = ops.pad(images, padding, mode="reflect")
    length = images.shape[axis]

    def shifted(offset: int) -> Tensor:
        start = radius + offset
        return (
            padded[:, start : start + length] if axis == 1 else padded[:, :, start : start + length]
        )

    total = taps[radius] * images
    for offset in range(1, radius + 1):
        total = total + taps[radius + offset] * (shifted(-offset) + shifted(offset))
    return total


def box_downscale(images: Tensor, factor: int) -> Tensor:
    """Mean over factor x factor boxes: (N, H, W, C) to (N, H/factor, W/factor, C)."""
    return ops.average_pool(images, factor, factor, padding="valid", data_format="channels_last")


def bilinear_upscale(images: Tensor, factor: int) -> Tensor:
    height, width = images.shape[1] * factor, images.shape[2] * factor
    return ops.image.resize(
        images, (height, width), interpolation="bilinear", data_format="channels_last"
    )


LUMA_WEIGHTS = np.array([0.299, 0.587, 0.114], np.float32)
"""BT.601, as in JPEG."""


def split_luma(images: Tensor) -> tuple[Tensor, Tensor]:
    """Luma (N, H, W, 1) and what remains of RGB without it (N, H, W, 3)."""
    luma = ops.sum(images * LUMA_WEIGHTS, axis=-1, keepdims=True)
    return luma, images - luma


CHROMA_SCALE = 2
"""Cameras smooth chroma at half size."""


def smooth_chroma(chroma: Tensor, strength: Tensor) -> Tensor:
    """Chroma (N, H, W, 3) from as it is (strength 0) to a sigma of about 5 pixels (1)."""
    near = gaussian_blur(box_downscale(chroma, CHROMA_SCALE), 0.8)
    far = gaussian_blur(near, 2.2)
    near, far = (bilinear_upscale(scale, CHROMA_SCALE) for scale in (near, far))
    return between(chroma, near, far, strength)
