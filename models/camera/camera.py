"""What all synthetic cameras share: numbers that are drawn once for every picture."""

import keras
from keras import KerasTensor as Tensor
from keras import ops, random

from models.camera.optics import through_lens
from models.camera.settings import LensSettings, Range


class Camera(keras.layers.Layer):
    """Clean pictures in, (noisy, clean) pairs out. Each picture gets a camera of its own."""

    def __init__(self, seed: int = 0, **kwargs: object):
        super().__init__(**kwargs)
        self.seed = random.SeedGenerator(seed)

    def draw(self, photos: Tensor, bounds: Range) -> Tensor:
        """One uniform number a picture, (N, 1, 1, 1)."""
        return random.uniform((ops.shape(photos)[0], 1, 1, 1), *bounds, seed=self.seed)

    def chance(self, photos: Tensor, probability: float) -> Tensor:
        """1.0 for this share of the pictures and 0.0 for the others, (N, 1, 1, 1)."""
        return ops.cast(self.draw(photos, (0.0, 1.0)) < probability, photos.dtype)

    def one_of(self, photos: Tensor, usual: Range, other: Range, is_other: Tensor) -> Tensor:
        """A number from ``usual`` where ``is_other`` is 0, from ``other`` where it is 1."""
        first = self.draw(photos, usual)
        return first + is_other * (self.draw(photos, other) - first)

    def through_lens(self, photos: Tensor, lens: LensSettings) -> Tensor:
        """The photographs (N, H, W, 3) as soft as this lens, or its focus, leaves them."""
        defocus = self.draw(photos, lens.defocus) * self.chance(photos, lens.defocus_probability)
        return through_lens(photos, self.draw(photos, lens.optical_blur), defocus, self.seed)

    def white_balance(self, photos: Tensor, red: Range, blue: Range) -> Tensor:
        """Gains of red, green (1) and blue for each picture, (N, 1, 1, 3)."""
        red_gain, blue_gain = self.draw(photos, red), self.draw(photos, blue)
        return ops.concatenate([red_gain, ops.ones_like(red_gain), blue_gain], axis=-1)
