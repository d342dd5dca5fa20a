"""What in-camera noise reduction leaves of the noise: smoother, blotchier, stronger at edges."""

from keras import KerasTensor as Tensor
from keras import ops, random
from keras.random import SeedGenerator

from models.camera.filters import (
    between,
    bilinear_upscale,
    gaussian_blur,
    smooth_chroma,
    split_luma,
)

BLOTCH_SCALE = 8


def smooth_noise(
    noise: Tensor,
    clean: Tensor,
    luma_smoothing: Tensor,
    chroma_smoothing: Tensor,
    luma_retained: Tensor,
    chroma_retained: Tensor,
    luma_coring: Tensor,
    edge_protection: Tensor,
    luma_flat_cleaning: Tensor,
    chroma_flat_cleaning: Tensor,
) -> Tensor:
    """The noise (N, H, W, 3) that is left by a camera that smooths luma a little, chroma a lot.

    An edge-preserving filter keeps the picture and low-passes the noise, less so at edges; that is
    modelled on the noise alone, so that the clean picture keeps its sharpness. Cameras smooth more
    where there was more noise: the ``retained`` exponents give back what smoothing took, from
    nothing (0) to the standard deviation before it (1). Coring takes small deviations and leaves
    large ones, which could be detail. All are (N, 1, 1, 1) in [0, 1].
    """
    luma, chroma = split_luma(noise)
    edges = _edge_mask(clean)
    protected = edges * edge_protection

    near = gaussian_blur(luma, 0.8)
    smooth = between(luma, near, gaussian_blur(near, 1.5), luma_smoothing)
    smooth = smooth + protected * (luma - smooth)
    luma = _give_back(_core(smooth, luma_coring), luma, luma_retained)
    luma = luma * (1.0 - luma_flat_cleaning * (1.0 - edges))

    chroma = _give_back(smooth_chroma(chroma, chroma_smoothing), chroma, chroma_retained)
    return luma + chroma * (1.0 - chroma_flat_cleaning * (1.0 - edges))


def _core(noise: Tensor, exponent: Tensor) -> Tensor:
    """Spreads deviations apart by a power of their size: tails as heavy as in cameras' JPEGs."""
    return noise * (ops.abs(noise) / (_std(noise) + 1e-6) + 1e-3) ** exponent


def _give_back(smooth: Tensor, before: Tensor, retained: Tensor) -> Tensor:
    gain = (_std(before) + 1e-6) / (_std(smooth) + 1e-6)
    return smooth * gain**retained


def _std(images: Tensor) -> Tensor:
    return ops.sqrt(ops.mean(ops.square(images), axis=(1, 2, 3), keepdims=True))


def blotches(images: Tensor, chroma_std: Tensor, luma_std: Tensor, seed: SeedGenerator) -> Tensor:
    """Low-frequency noise, blotches 10 to 30 pixels wide, twice as strong in the dark.

    Both standard deviations are (N, 1, 1, 1); the result is (N, H, W, 3).
    """
    luma, _ = split_luma(images)
    darkness = 2.0 - luma
    _, chroma = split_luma(_wide_noise(images, 3, seed))
    return darkness * (1.25 * chroma_std * chroma + luma_std * _wide_noise(images, 1, seed))


def _wide_noise(images: Tensor, channels: int, seed: SeedGenerator) -> Tensor:
    """(N, H, W, channels)"""
    _, height, width, _ = images.shape
    small = (ops.shape(images)[0], height // BLOTCH_SCALE, width // BLOTCH_SCALE, channels)
    coarse = gaussian_blur(random.normal(small, seed=seed), 0.7)
    return bilinear_upscale(coarse, BLOTCH_SCALE)


def _edge_mask(clean: Tensor) -> Tensor:
    """About 0 in flat areas and 1 at edges, (N, H, W, 1)."""
    luma, _ = split_luma(clean)
    detail = gaussian_blur(ops.abs(luma - gaussian_blur(luma, 1.5)), 1.0)
    return detail / (detail + 0.02)
