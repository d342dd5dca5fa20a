"""JPEG's loss in array operations: colour transform, chroma subsampling, 8x8 DCT, quantization.

Entropy coding loses nothing, so this equals a real encoder and decoder up to integer rounding
inside them (ITU-T T.81, quantization tables of annex K scaled as libjpeg does).
"""

import numpy as np
from keras import KerasTensor as Tensor
from keras import ops

from models.camera.filters import box_downscale

JPEG_BLOCK = 16
"""Side in pixels of what a JPEG codes together, with 4:2:0 chroma."""

_LUMA_TABLE = np.array(
    [
        [16, 11, 10, 16, 24, 40, 51, 61],
        [12, 12, 14, 19, 26, 58, 60, 55],
        [14, 13, 16, 24, 40, 57, 69, 56],
        [14, 17, 22, 29, 51, 87, 80, 62],
        [18, 22, 37, 56, 68, 109, 103, 77],
        [24, 35, 55, 64, 81, 104, 113, 92],
        [49, 64, 78, 87, 103, 121, 120, 101],
        [72, 92, 95, 98, 112, 100, 103, 99],
    ],
    np.float32,
)
_CHROMA_TABLE = np.full((8, 8), 99, np.float32)
_CHROMA_TABLE[:4, :4] = [[17, 18, 24, 47], [18, 21, 26, 66], [24, 26, 56, 99], [47, 66, 99, 99]]

_RGB_TO_YCC = np.array(
    [[0.299, -0.168736, 0.5], [0.587, -0.331264, -0.418688], [0.114, 0.5, -0.081312]], np.float32
)
_YCC_TO_RGB = np.linalg.inv(_RGB_TO_YCC).astype(np.float32)


def _dct_matrix() -> np.ndarray:
    k, n = np.mgrid[0:8, 0:8]
    matrix = np.cos((2 * n + 1) * k * np.pi / 16) / 2
    matrix[0] /= np.sqrt(2)
    return matrix.astype(np.float32)


_DCT = _dct_matrix()


def jpeg_round_trip(
    images: Tensor, quality: Tensor, subsample: Tensor, offset: Tensor | None = None
) -> Tensor:
    """Images (N, H, W, 3) in [0, 1] after one JPEG encoding and decoding.

    Args:
        images: H and W multiples of 16.
        quality: IJG quality 1 to 100, (N, 1, 1, 1).
        subsample: 1 for 4:2:0 chroma, 0 for 4:4:4, (N, 1, 1, 1).
        offset: row and column of the first blocks' corner, (2,), whole numbers; the images are
            taken as periodic. At the corner of the images by default.
    """
    if offset is not None:
        images = _roll(images, -offset)
    scale = ops.where(quality < 50, 5000.0 / quality, 200.0 - 2.0 * quality) / 100.0
    ycc = ops.matmul(images * 255.0, _RGB_TO_YCC)
    luma = _quantize(ycc[..., 0:1] - 128.0, _LUMA_TABLE, scale) + 128.0
    chroma = ycc[..., 1:]
    full = _quantize(chroma, _CHROMA_TABLE, scale)
    half = _quantize(box_downscale(chroma, 2), _CHROMA_TABLE, scale)
    chroma = full + subsample * (_fancy_upsample(half) - full)
    decoded = ops.clip(_to_rgb(luma, chroma), 0.0, 1.0)
    return decoded if offset is None else _roll(decoded, offset)


def _roll(images: Tensor, shift: Tensor) -> Tensor:
    """Every pixel moved by ``shift`` rows and columns, the last becoming the first."""
    for axis in (1, 2):
        size = images.shape[axis]
        places = ops.mod(ops.arange(size) - ops.cast(shift[axis - 1], "int32"), size)
        images = ops.take(images, places, axis=axis)
    return images


def _to_rgb(luma: Tensor, chroma: Tensor) -> Tensor:
    return ops.matmul(ops.concatenate([luma, chroma], axis=-1), _YCC_TO_RGB) / 255.0


def _fancy_upsample(images: Tensor) -> Tensor:
    """libjpeg's triangle filter: weights 3/4 and 1/4 along each axis."""
    for axis in (1, 2):
        length = images.shape[axis]
        before = ops.take(images, [0, *range(length - 1)], axis=axis)
        after = ops.take(images, [*range(1, length), length - 1], axis=axis)
        pairs = ops.stack([0.75 * images + 0.25 * before, 0.75 * images + 0.25 * after], axis + 1)
        shape = [-1, *images.shape[1:]]
        shape[axis] = 2 * length
        images = ops.reshape(pairs, shape)
    return images


def _quantize(planes: Tensor, table: np.ndarray, scale: Tensor) -> Tensor:
    _, height, width, channels = planes.shape
    blocks = ops.reshape(planes, (-1, height // 8, 8, width // 8, 8, channels))
    blocks = ops.transpose(blocks, (0, 1, 3, 5, 2, 4))
    steps = ops.clip(ops.floor(table * ops.reshape(scale, (-1, 1, 1, 1, 1, 1)) + 0.5), 1.0, 255.0)
    coefficients = ops.matmul(ops.matmul(_DCT, blocks), _DCT.T)
    coefficients = ops.round(coefficients / steps) * steps
    blocks = ops.matmul(ops.matmul(_DCT.T, coefficients), _DCT)
    blocks = ops.transpose(blocks, (0, 1, 4, 2, 5, 3))
    return ops.reshape(blocks, (-1, height, width, channels))
