"""All synthetic cameras together, as training sees them."""

from collections.abc import Callable

import keras
from keras import KerasTensor as Tensor
from keras import ops, random

from models.camera.camera import Camera
from models.camera.filters import split_luma
from models.camera.jpeg_camera import JpegCamera
from models.camera.phone_camera import PhoneCamera
from models.camera.settings import CameraShares

Taken = Callable[[Tensor], tuple[Tensor, Tensor]]


@keras.saving.register_keras_serializable(package="litedenoise")
class SyntheticCamera(Camera):
    """Clean photographs in, (noisy, clean) pairs out.

    The first pictures of a batch are taken by ``JpegCamera``, the next by ``PhoneCamera``, and the
    last by none: sharp to the pixel, they have to stay as they are. Some of each get white noise,
    independent in each pixel and mostly in each colour, on top. In the end some pairs are made
    black and white.
    """

    def __init__(self, shares: CameraShares | None = None, seed: int = 0, **kwargs: object):
        super().__init__(seed, **kwargs)
        self.shares = shares or CameraShares()
        self.jpeg, self.phone = JpegCamera(seed=seed + 1), PhoneCamera(seed=seed + 2)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """There is nothing to make; but Keras would trace all of ``call`` to find that out."""
        self.jpeg.build(input_shape)
        self.phone.build(input_shape)

    def call(self, photos: Tensor) -> tuple[Tensor, Tensor]:
        """Photographs (N, H, W, 3) float32 in [0, 1], sides multiples of 16, to a pair of such.

        The noisy ones are rounded to 8 bits.
        """
        first, pairs = 0, []
        kinds: tuple[Taken, ...] = (self.jpeg, self.phone, _no_camera)
        ends = self.shares.ends(ops.shape(photos)[0])
        parts = zip(kinds, self.shares.parts, ends, self.shares.white_probability, strict=True)
        for camera, part, last, white_probability in parts:
            if part:
                noisy, clean = _by(camera, photos, first, last)
                pairs.append((self._with_white_noise(noisy, white_probability), clean))
                first = last
        noisy = ops.concatenate([noisy for noisy, _ in pairs], axis=0)
        clean = ops.concatenate([clean for _, clean in pairs], axis=0)
        grey = self.chance(photos, self.shares.grey_probability)
        noisy, clean = _made_grey(noisy, grey), _made_grey(clean, grey)
        return ops.round(noisy * 255.0) / 255.0, clean

    def _with_white_noise(self, pictures: Tensor, probability: float) -> Tensor:
        std = self.chance(pictures, probability) * ops.square(
            self.draw(pictures, self.shares.white_std_root)
        )
        noise = random.normal(ops.shape(pictures), seed=self.seed)
        equal = self.chance(pictures, self.shares.equal_probability)
        noise = noise + equal * (noise[..., :1] - noise)
        return ops.clip(pictures + std * noise, 0.0, 1.0)


def _no_camera(photos: Tensor) -> tuple[Tensor, Tensor]:
    return photos, photos


def _made_grey(pictures: Tensor, chosen: Tensor) -> Tensor:
    """The pictures with their luma for each colour where ``chosen`` (N, 1, 1, 1) is 1."""
    luma, _ = split_luma(pictures)
    return pictures + chosen * (luma - pictures)


def _by(camera: Taken, photos: Tensor, first: Tensor, last: Tensor) -> tuple[Tensor, Tensor]:
    """What the camera makes of ``photos[first:last]``, which may be none of them.

    Filters cannot mirror the borders of no picture, so the one before goes with them, and is left
    out of the result.
    """
    lead = min(first, 1) if isinstance(first, int) else ops.minimum(first, 1)
    noisy, clean = camera(photos[first - lead : last])
    return noisy[lead:], clean[lead:]
