"""What in-camera noise reduction leaves of the noise: smoother, blotchier, stronger at edges."""

from keras import KerasTensor as Tensor
from keras import ops, random
from keras.random import SeedGenerator

from models.camera.filters import bilinear_upscale, box_downscale, gaussian_blur, split_luma

CHROMA_SCALE = 2
BLOTCH_SCALE = 8


def smooth_noise(
    noise: Tensor,
    clean: Tensor,
    luma_smoothing: Tensor,
    chroma_smoothing: Tensor,
    chroma_gain: Tensor,
    edge_protection: Tensor,
) -> Tensor:
    """The noise (N, H, W, 3) that is left by a camera that smooths luma a little, chroma a lot.

    An edge-preserving filter keeps the picture and low-passes the noise, less so at edges; that is
    modelled on the noise alone, so that the clean picture keeps its sharpness. The smoothing
    strengths and ``edge_protection`` are (N, 1, 1, 1) in [0, 1]. ``chroma_gain`` (N, 1, 1, 1)
    raises the low frequencies of chroma that strong smoothing leaves: cameras that need strong
    smoothing had more noise to begin with.
    """
    luma, chroma = split_luma(noise)
    edges = _edge_mask(clean) * edge_protection

    low_luma = gaussian_blur(luma, 0.8)
    lower_luma = gaussian_blur(low_luma, 1.5)
    first = ops.minimum(2 * luma_smoothing, 1.0)
    second = ops.maximum(2 * luma_smoothing - 1.0, 0.0)
    smooth = luma + first * (low_luma - luma) + second * 0.8 * (lower_luma - low_luma)
    luma = smooth + edges * (luma - smooth)

    # Chroma is filtered at half size, as cameras do.
    small = box_downscale(chroma, CHROMA_SCALE)
    near = gaussian_blur(small, 0.8)
    far = gaussian_blur(near, 2.2)
    first = ops.minimum(2 * chroma_smoothing, 1.0)
    second = ops.maximum(2 * chroma_smoothing - 1.0, 0.0)
    gain = 1.0 + second * (chroma_gain - 1.0)
    half = bilinear_upscale(gain * (near + second * (far - near)), CHROMA_SCALE)
    smooth = chroma + first * (half - chroma)
    chroma = smooth + 0.2 * edges * (chroma - smooth)
    return luma + chroma


def chroma_blotches(images: Tensor, std: Tensor, seed: SeedGenerator) -> Tensor:
    """Low-frequency chroma noise, blotches 10 to 30 pixels wide, twice as strong in the dark.

    ``std`` is (N, 1, 1, 1); the result (N, H, W, 3) has no luma.
    """
    _, height, width, _ = images.shape
    small = (ops.shape(images)[0], height // BLOTCH_SCALE, width // BLOTCH_SCALE, 3)
    coarse = gaussian_blur(random.normal(small, seed=seed), 0.7)
    _, chroma = split_luma(bilinear_upscale(coarse, BLOTCH_SCALE))
    luma, _ = split_luma(images)
    return 2.5 * std * (1.0 - 0.5 * luma) * chroma


def _edge_mask(clean: Tensor) -> Tensor:
    """About 0 in flat areas and 1 at edges, (N, H, W, 1)."""
    luma, _ = split_luma(clean)
    detail = gaussian_blur(ops.abs(luma - gaussian_blur(luma, 1.5)), 1.0)
    return detail / (detail + 0.04)
