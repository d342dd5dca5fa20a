"""What lens and sensor leave of a scene's sharpness."""

from keras import KerasTensor as Tensor
from keras import ops, random
from keras.random import SeedGenerator

from models.camera.filters import between, bilinear_upscale, gaussian_blur

FIELD_SCALE = 16
MARGIN = 3  # of random numbers around a picture, so that the smallest one has enough to blur


def through_lens(
    photos: Tensor, optical_blur: Tensor, defocus: Tensor, seed: SeedGenerator
) -> Tensor:
    """Scenes (N, H, W, 3), sides multiples of 16, as soft as a camera renders them.

    Args:
        photos: sharp pictures.
        optical_blur: everywhere alike, 0 to 1 (sigma about 1.5 pixels).
        defocus: of parts with a soft border, 0 (none) to 1 (sigma about 3.5 pixels).
        seed: of the parts that are out of focus.
    """
    near = gaussian_blur(photos, 0.7)
    far = gaussian_blur(near, 1.3)
    sharp = between(photos, near, far, optical_blur)
    out_of_focus = between(sharp, far, gaussian_blur(far, 3.0), defocus)
    return sharp + _somewhere(photos, seed) * (out_of_focus - sharp)


def mean_of_exposures(picture: Tensor, apart: Tensor) -> Tensor:
    """A picture (N, H, W, 3) as the mean of a burst shows it, which references are.

    Hands and stabilizers move between exposures, and alignment finds most of it back: some of them
    lie on each other, the rest around them.

    Args:
        picture: what one exposure shows.
        apart: the share of those that lie around, 0 to 1 (sigma 1.2 pixels).
    """
    return picture + apart * (gaussian_blur(picture, 1.2) - picture)


def _somewhere(photos: Tensor, seed: SeedGenerator) -> Tensor:
    """A smooth mask (N, H, W, 1) in [0, 1]: a part of each picture, from nothing to all."""
    count, height, width = ops.shape(photos)[0], photos.shape[1], photos.shape[2]
    wide = (count, height // FIELD_SCALE + 2 * MARGIN, width // FIELD_SCALE + 2 * MARGIN, 1)
    coarse = gaussian_blur(random.normal(wide, seed=seed), 1.0)[:, MARGIN:-MARGIN, MARGIN:-MARGIN]
    field = bilinear_upscale(coarse, FIELD_SCALE)
    share = random.uniform((count, 1, 1, 1), -1.0, 1.5, seed=seed)
    return ops.sigmoid(12.0 * (field + share))
