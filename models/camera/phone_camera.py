"""A phone's sensor, rendered without noise reduction: few electrons, clipped, and seen as it is."""

import keras
from keras import KerasTensor as Tensor
from keras import ops

from models.camera.camera import Camera
from models.camera.colour import change_colours, colour_matrices
from models.camera.optics import mean_of_exposures
from models.camera.sensor import demosaic, mosaic, read_noise, shot_noise, white_balanced
from models.camera.settings import PhoneSettings, Range


@keras.saving.register_keras_serializable(package="litedenoise")
class PhoneCamera(Camera):
    """Clean display-referred photographs in, (noisy, clean) pairs out, a new phone for each.

    The clean picture is the rendering of the noiseless raw, as soft as the mean of a burst. A noisy
    rendering is darker than that on average, since the tone curve is concave, and brighter where
    black clips the noise; a denoiser has to know both, so nothing is made symmetric here. The steps
    and their ranges reproduce the statistics of smartphones' raw-rendered pictures (skew, share of
    zeros, shift, correlation between neighbours and between colours).
    """

    def __init__(self, settings: PhoneSettings | None = None, seed: int = 0, **kwargs: object):
        super().__init__(seed, **kwargs)
        self.settings = settings or PhoneSettings()

    def call(self, photos: Tensor) -> tuple[Tensor, Tensor]:
        """Photographs (N, H, W, 3) float32 in [0, 1], sides multiples of 16, to a pair of such."""
        s = self.settings
        gains = self.white_balance(photos, s.red_gain, s.blue_gain)
        gamma = self.draw(photos, s.gamma)
        matrices = self._colour_matrices(photos)
        light = ops.power(ops.clip(self.through_lens(photos, s), 0.0, 1.0), gamma)
        light = light * 2.0 ** self.draw(photos, s.exposure_stops) * self._tint(photos, s.tint)
        sensor_rgb = change_colours(light + self._flare(photos), ops.inv(matrices))
        raw = ops.clip(mosaic(sensor_rgb / gains), 0.0, 1.0)

        light_noise = self.chance(photos, s.light_probability)
        gain = ops.square(self.one_of(photos, s.shot_gain_root, s.light_gain_root, light_noise))
        std = gain * self.draw(photos, s.read_noise)
        noisy_raw = raw + shot_noise(raw, gain, self.seed)
        noisy_raw = noisy_raw + read_noise(raw, std, self.seed, self.draw(photos, s.read_tails))

        def render(mosaicked: Tensor) -> Tensor:
            # Balanced before demosaicing, as cameras do: green's noise stays sharp, and red's and
            # blue's are interpolated along with it.
            balanced = ops.minimum(white_balanced(ops.clip(mosaicked, 0.0, 1.0), gains), 1.0)
            rgb = change_colours(demosaic(balanced), matrices)
            return ops.power(ops.clip(rgb, 1e-8, 1.0), 1.0 / gamma)

        clean = mean_of_exposures(render(raw), self.draw(photos, s.exposures_apart))
        return render(noisy_raw), clean

    def _colour_matrices(self, photos: Tensor) -> Tensor:
        s = self.settings
        strengths = [self.draw(photos, bounds) for bounds in s.matrix_strength]
        shares = [self.draw(photos, bounds) for bounds in s.matrix_share]
        return colour_matrices(ops.concatenate(strengths, -1), ops.concatenate(shares, -1))

    def _tint(self, photos: Tensor, bounds: Range) -> Tensor:
        """A factor for each colour of the light, (N, 1, 1, 3)."""
        return ops.exp(ops.concatenate([self.draw(photos, bounds) for _ in range(3)], axis=-1))

    def _flare(self, photos: Tensor) -> Tensor:
        """Light that the lens spreads over the whole picture, (N, 1, 1, 3): no black is black."""
        s = self.settings
        light = ops.square(self.draw(photos, s.flare_root))
        return self.chance(photos, s.flare_probability) * light * self._tint(photos, s.flare_tint)
