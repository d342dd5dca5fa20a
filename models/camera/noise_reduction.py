"""Noise reduction as cameras do it, on the picture itself: what it takes for detail stays."""

from collections.abc import Iterator

from keras import KerasTensor as Tensor
from keras import ops

from models.camera.filters import gaussian_blur, smooth_chroma, split_luma

RADIUS = 2
LEAST_RANGE = 1e-3


def reduce_noise(
    pictures: Tensor,
    luma_range: Tensor,
    luma_width: Tensor,
    luma_strength: Tensor,
    guide_blur: Tensor,
    chroma_strength: Tensor,
) -> Tensor:
    """Pictures (N, H, W, 3) after a bilateral filter of their luma and a smoother chroma.

    The bilateral filter (Tomasi and Manduchi, ICCV 1998) is guided by a luma that is itself
    smoothed a little. All parameters are (N, 1, 1, 1).

    Args:
        pictures: in [0, 1].
        luma_range: differences of luma that are smoothed out.
        luma_width: standard deviation of the spatial weights, pixels.
        luma_strength: from the unfiltered luma (0) to the filtered one (1).
        guide_blur: from the luma itself (0) to a smooth one (1).
        chroma_strength: 0 to 1 (sigma about 5 pixels).
    """
    luma, chroma = split_luma(pictures)
    guide = luma + guide_blur * (gaussian_blur(luma, 0.8) - luma)
    luma = luma + luma_strength * (_bilateral(luma, guide, luma_range, luma_width) - luma)
    return luma + smooth_chroma(chroma, chroma_strength)


def _bilateral(values: Tensor, guide: Tensor, spread: Tensor, width: Tensor) -> Tensor:
    falloff = -0.5 / ops.square(ops.maximum(spread, LEAST_RANGE))
    distance = -0.5 / ops.square(width)
    total, weights = values, ops.ones_like(values)
    shifted = zip(_neighbours(values), _neighbours(guide), strict=True)
    for (squared, value), (_, near) in shifted:
        weight = ops.exp(falloff * ops.square(near - guide) + distance * squared)
        total = total + weight * value
        weights = weights + weight
    return total / weights


def _neighbours(images: Tensor) -> Iterator[tuple[int, Tensor]]:
    """The squared distance of each place around a pixel, and the images moved there."""
    height, width = images.shape[1], images.shape[2]
    padding = [[0, 0], [RADIUS, RADIUS], [RADIUS, RADIUS], [0, 0]]
    padded = ops.pad(images, padding, mode="reflect")
    places = range(2 * RADIUS + 1)
    for down in places:
        for across in places:
            squared = (down - RADIUS) ** 2 + (across - RADIUS) ** 2
            if squared:
                yield squared, padded[:, down : down + height, across : across + width]
