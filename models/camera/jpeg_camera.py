"""A camera that finishes its pictures: noise reduction, sharpening and JPEG after the sensor."""

import keras
import numpy as np
from keras import KerasTensor as Tensor
from keras import ops, random

from models.camera.camera import Camera
from models.camera.filters import LUMA_WEIGHTS, gaussian_blur
from models.camera.jpeg import JPEG_BLOCK, jpeg_round_trip
from models.camera.noise_reduction import reduce_noise
from models.camera.optics import mean_of_exposures
from models.camera.residue import blotches, smooth_noise
from models.camera.sensor import (
    defects,
    demosaic,
    mosaic,
    read_noise,
    shot_noise,
    white_balanced,
)
from models.camera.settings import JpegSettings

MID_GREY = 0.18
USUAL_JPEG_QUALITY = 75.0
"""What libjpeg takes unless told otherwise, with 4:2:0 chroma, and with it most programs."""
TOE = 0.02
"""Linear light added before the tone curve's power, so that its slope at black stays finite."""


@keras.saving.register_keras_serializable(package="litedenoise")
class JpegCamera(Camera):
    """Clean display-referred photographs in, (noisy, clean) pairs out, a new camera for each.

    The scene is taken back to linear light and to sensor colours, exposed on a Bayer mosaic with
    shot and read noise, demosaiced, and rendered with white balance, colour matrix, tone curve,
    in-camera noise reduction, sharpening and JPEG. The clean picture goes through the same camera
    without noise and noise reduction, so the difference is what a denoiser should remove. After
    "Unprocessing Images for Learned Raw Denoising" (Brooks et al., CVPR 2019), with the stages
    after the sensor that shape the noise of finished photographs.
    """

    def __init__(self, settings: JpegSettings | None = None, seed: int = 0, **kwargs: object):
        super().__init__(seed, **kwargs)
        self.settings = settings or JpegSettings()

    def call(self, photos: Tensor) -> tuple[Tensor, Tensor]:
        """Photographs (N, H, W, 3) float32 in [0, 1], sides multiples of 16, to a pair of such."""
        s = self.settings
        gains = self.white_balance(photos, s.red_gain, s.blue_gain)
        saturation = self.draw(photos, s.saturation)
        gamma = self.draw(photos, s.gamma)
        contrast = self.draw(photos, s.contrast)
        exposure = 2.0 ** self.draw(photos, s.exposure_stops)
        heavy = self.chance(photos, s.heavy_probability)
        std = self.one_of(photos, s.noise_std, s.heavy_noise_std, heavy)
        reduced = self.chance(photos, s.reduction_probability)
        raw_std = std * (1.0 + reduced * (self.draw(photos, s.reduced_noise) - 1.0))

        scene = ops.maximum(self.through_lens(photos, s), 0.0)
        linear = exposure * _inverse_tone_curve(scene, gamma)
        raw = mosaic(_desaturate(linear, saturation) / gains)

        # Noise at mid-grey as displayed: the tone curve's slope there takes it back to raw.
        slope = (MID_GREY + TOE) ** (1.0 / gamma - 1.0) / gamma
        variance = ops.square(raw_std / slope)
        read = self.draw(photos, s.read_share)
        shot_gain, read_variance = variance * (1.0 - read) / MID_GREY, variance * read
        read_std = ops.sqrt(read_variance)
        row_std = read_std * self.draw(photos, s.row_share)
        hot = 10.0 * ops.sqrt(read_variance + 0.1 * shot_gain)

        def render(mosaicked: Tensor) -> Tensor:
            balanced = white_balanced(ops.minimum(mosaicked, 1.0), gains)
            rgb = ops.clip(_saturate(demosaic(balanced), saturation), 0.0, 1.0)
            toned = _tone_curve(rgb, gamma)
            return toned + contrast * (toned * toned * (3.0 - 2.0 * toned) - toned)

        # Half the difference of the picture with this noise and with its negative: the part of the
        # rendered noise whose mean is zero. The rest is a colour shift of dark areas, by clipping
        # and by the bend of the tone curve, which references made of many exposures share.
        def exposure_noise() -> Tensor:
            noise = shot_noise(raw, shot_gain, self.seed) + read_noise(raw, read_std, self.seed)
            noise = noise + defects(raw, row_std, hot, s.hot_pixel_rate, self.seed)
            return (render(raw + noise) - render(raw - noise)) / 2.0

        clean = render(raw)
        noise = exposure_noise()
        noisy = clean + self._smoothed(noise, clean, heavy)
        shot, reference = self._noise_reduced(clean, noise, exposure_noise(), std)
        noisy, clean = noisy + reduced * (shot - noisy), clean + reduced * (reference - clean)
        wide = std * self.chance(photos, s.blotch_probability)
        noisy = noisy + blotches(
            clean,
            wide * self.draw(photos, s.blotch_std),
            wide * self.draw(photos, s.luma_blotch_std),
            self.seed,
        )
        return self._finished(noisy, clean)

    def _smoothed(self, noise: Tensor, clean: Tensor, heavy: Tensor) -> Tensor:
        """What noise reduction leaves of the noise, modelled on the noise alone."""
        s = self.settings
        smoothed = self.chance(noise, s.smoothing_probability)
        return smooth_noise(
            noise,
            clean,
            smoothed * self.draw(noise, s.luma_smoothing),
            smoothed * self.draw(noise, s.chroma_smoothing),
            self.draw(noise, s.luma_retained),
            self.one_of(noise, s.chroma_retained, s.heavy_chroma_retained, heavy),
            smoothed * self.draw(noise, s.luma_coring),
            self.draw(noise, s.edge_protection),
            smoothed * self.draw(noise, s.luma_flat_cleaning),
            smoothed * self.draw(noise, s.chroma_flat_cleaning),
        )

    def _noise_reduced(
        self, clean: Tensor, noise: Tensor, other: Tensor, std: Tensor
    ) -> tuple[Tensor, Tensor]:
        """An exposure after noise reduction, and the mean of two others after it.

        The mean is what references are: texture that noise reduction smears is missing in it. The
        two have another noise and its negative, so that little of it is left; that is independent
        of the first exposure's, and makes training noisier, but teaches nothing wrong.
        """
        s = self.settings
        parameters = [
            std * self.draw(std, s.reduction_range),
            self.draw(std, s.reduction_width),
            self.draw(std, s.reduction_strength),
            self.draw(std, s.reduction_guide_blur),
            self.draw(std, s.reduction_chroma),
        ]
        shot, first, second = (
            reduce_noise(exposure, *parameters)
            for exposure in (clean + noise, clean + other, clean - other)
        )
        return shot, (first + second) / 2.0

    def _finished(self, noisy: Tensor, clean: Tensor) -> tuple[Tensor, Tensor]:
        """Sharpening and JPEG.

        The clean picture is the mean of two JPEGs that are a part of a pixel apart, and a little
        softer, as references are made of exposures that do not lie on each other exactly.
        """
        s = self.settings
        shift = self.draw(clean, s.misalignment_px) * self._slope(clean)
        sharpening = self.draw(clean, s.sharpening)
        sharpening = sharpening * self.chance(clean, s.sharpening_probability)
        jpeg = self.chance(clean, s.jpeg_probability)
        usual = self.chance(clean, s.usual_jpeg_probability)
        quality = self.draw(clean, s.jpeg_quality)
        quality = quality + usual * (USUAL_JPEG_QUALITY - quality)
        subsample = ops.maximum(usual, self.chance(clean, s.chroma_subsampling_probability))
        offset = self._block_offset()

        def finish(picture: Tensor) -> Tensor:
            sharp = picture + sharpening * (picture - gaussian_blur(picture, 1.0))
            sharp = ops.clip(sharp, 0.0, 1.0)
            return sharp + jpeg * (jpeg_round_trip(sharp, quality, subsample, offset) - sharp)

        reference = (finish(clean + shift) + finish(clean - shift)) / 2.0
        return finish(noisy), mean_of_exposures(reference, self.draw(clean, s.exposures_apart))

    def _slope(self, pictures: Tensor) -> Tensor:
        """The change of each picture a pixel in a direction of its own."""
        angle = self.draw(pictures, (0.0, 2.0 * np.pi))
        padded = ops.pad(pictures, [[0, 0], [1, 1], [1, 1], [0, 0]], mode="reflect")
        down = (padded[:, 2:, 1:-1] - padded[:, :-2, 1:-1]) / 2.0
        across = (padded[:, 1:-1, 2:] - padded[:, 1:-1, :-2]) / 2.0
        return ops.cos(angle) * down + ops.sin(angle) * across

    def _block_offset(self) -> Tensor:
        """Where the JPEG's blocks begin, (row, column), one for all pictures of a batch."""
        offset = ops.floor(random.uniform((2,), 0.0, JPEG_BLOCK, seed=self.seed))
        cut = random.uniform((), seed=self.seed) < self.settings.cut_probability
        return ops.where(cut, offset, 0.0)


def _tone_curve(linear: Tensor, gamma: Tensor) -> Tensor:
    low, high = TOE ** (1.0 / gamma), (1.0 + TOE) ** (1.0 / gamma)
    return (ops.power(linear + TOE, 1.0 / gamma) - low) / (high - low)


def _inverse_tone_curve(displayed: Tensor, gamma: Tensor) -> Tensor:
    low, high = TOE ** (1.0 / gamma), (1.0 + TOE) ** (1.0 / gamma)
    return ops.power(low + displayed * (high - low), gamma) - TOE


def _luma(linear: Tensor) -> Tensor:
    return ops.sum(linear * np.asarray(LUMA_WEIGHTS), axis=-1, keepdims=True)


def _saturate(linear: Tensor, amount: Tensor) -> Tensor:
    """A colour matrix with unit row sums: pushes colours away from grey."""
    return linear + amount * (linear - _luma(linear))


def _desaturate(linear: Tensor, amount: Tensor) -> Tensor:
    """The inverse of ``_saturate``."""
    return (linear + amount * _luma(linear)) / (1.0 + amount)
