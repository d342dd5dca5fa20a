"""The ranges a synthetic camera is drawn from, one camera for every crop."""

from dataclasses import dataclass
from itertools import accumulate

Range = tuple[float, float]


@dataclass(frozen=True)
class LensSettings:
    """Ranges (low, high) drawn from uniformly, and a probability.

    Attributes:
        optical_blur: softness of lens and sensor, 0 to 1 (sigma about 1.5 pixels). Pictures made
            smaller are sharper than any camera's; a network trained on those takes noise for
            texture.
        defocus_probability: of pictures that are partly out of focus.
        defocus: how far those parts are, 0 to 1 (sigma about 3.5 pixels).
    """

    optical_blur: Range = (0.1, 0.9)
    defocus_probability: float = 0.5
    defocus: Range = (0.3, 1.0)


@dataclass(frozen=True)
class JpegSettings(LensSettings):
    """Ranges (low, high) drawn from uniformly, and probabilities.

    Attributes:
        noise_std: standard deviation of the noise at mid-grey as displayed, before in-camera noise
            reduction, in [0, 1]. Drawn uniformly: log-uniform draws are mostly faint noise, and
            a network trained on those stays at the identity.
        heavy_noise_std, heavy_probability: a second, higher range for very high ISO.
        read_share: share of the variance at mid-grey that is read noise; the rest is shot noise.
        exposure_stops: darkening of the scene before exposure, in stops.
        red_gain, blue_gain: white balance relative to green.
        saturation: strength of the colour matrix that follows the sensor; it spreads noise of
            one channel over the others.
        gamma, contrast: the tone curve: a power and the share of an S-curve.
        row_share: standard deviation of the noise common to a sensor row, relative to a pixel's.
        hot_pixel_rate: share of sensor pixels stuck bright, at most.
        luma_smoothing, chroma_smoothing: strength of in-camera noise reduction, 0 to 1.
        luma_retained, chroma_retained: how much of its strength noise has after smoothing, 0 to 1.
        heavy_chroma_retained: likewise for heavy noise, which no camera rids of its colour: strong
            detail without colour is texture, such as fur.
        luma_coring: how much more of large deviations is left than of small ones, a power of size.
        edge_protection: how far noise reduction lets go at edges, 0 to 1.
        luma_flat_cleaning, chroma_flat_cleaning: how much weaker noise is in flat areas than at
            edges, 0 to 1.
        blotch_std, luma_blotch_std: low-frequency noise, relative to the pixel noise.
        reduction_probability: of cameras whose noise reduction is modelled on the picture itself;
            the others' is modelled on what it leaves of the noise.
        reduced_noise: how much more noise these have before it.
        reduction_range: the differences of luma that are smoothed out, relative to the noise.
        reduction_width: standard deviation in pixels of their filter's spatial weights.
        reduction_strength, reduction_guide_blur, reduction_chroma: see ``reduce_noise``.
        sharpening: amount of unsharp masking.
        jpeg_quality: IJG quality.
        usual_jpeg_probability: of JPEGs in the quality and subsampling of most programs, see
            ``USUAL_JPEG_QUALITY``.
        misalignment_px: how far the two JPEGs that a reference is made of are apart.
        exposures_apart: see ``mean_of_exposures``.
        cut_probability: of pictures cut out of others after their JPEG, whose 8x8 blocks therefore
            begin anywhere.
    """

    noise_std: Range = (0.007, 0.038)
    heavy_noise_std: Range = (0.038, 0.09)
    heavy_probability: float = 0.06
    read_share: Range = (0.02, 0.3)
    exposure_stops: Range = (-1.6, 0.4)
    red_gain: Range = (1.2, 2.6)
    blue_gain: Range = (1.2, 2.6)
    saturation: Range = (0.3, 1.5)
    gamma: Range = (2.0, 2.5)
    contrast: Range = (0.1, 1.0)
    row_share: Range = (0.0, 0.1)
    hot_pixel_rate: float = 2e-4
    smoothing_probability: float = 0.9
    luma_smoothing: Range = (0.0, 0.5)
    chroma_smoothing: Range = (0.7, 1.0)
    luma_retained: Range = (0.6, 1.0)
    chroma_retained: Range = (0.0, 1.0)
    heavy_chroma_retained: Range = (0.5, 0.9)
    luma_coring: Range = (0.0, 0.35)
    edge_protection: Range = (0.0, 0.6)
    luma_flat_cleaning: Range = (0.2, 0.9)
    chroma_flat_cleaning: Range = (0.4, 0.9)
    blotch_probability: float = 0.8
    blotch_std: Range = (0.0, 0.5)
    luma_blotch_std: Range = (0.0, 0.35)
    reduction_probability: float = 0.75
    reduced_noise: Range = (0.6, 1.2)
    reduction_range: Range = (0.7, 2.5)
    reduction_width: Range = (0.8, 2.5)
    reduction_strength: Range = (0.3, 1.0)
    reduction_guide_blur: Range = (0.0, 1.0)
    reduction_chroma: Range = (0.4, 1.0)
    sharpening_probability: float = 0.35
    sharpening: Range = (0.0, 0.6)
    jpeg_probability: float = 0.85
    jpeg_quality: Range = (68.0, 100.0)
    usual_jpeg_probability: float = 0.5
    chroma_subsampling_probability: float = 0.85
    misalignment_px: Range = (0.0, 0.25)
    exposures_apart: Range = (0.0, 0.1)
    cut_probability: float = 0.3


@dataclass(frozen=True)
class PhoneSettings(LensSettings):
    """Ranges (low, high) drawn from uniformly, and probabilities.

    Attributes:
        gamma: the tone curve's power.
        exposure_stops: brightness of the scene, in stops.
        red_gain, blue_gain: white balance relative to green.
        matrix_strength, matrix_share: of red, green and blue, see ``colour_matrices``.
        tint: natural logarithm of the light's colour, for each of red, green and blue.
        flare_probability, flare_root, flare_tint: of light that lies over the whole picture, the
            square root of how much, and the natural logarithm of its colour. References of phones
            have no zeros, and a network that has seen many paints dim areas black.
        shot_gain_root: square root of an electron's part of full scale.
        light_gain_root, light_probability: a second, lower range, for the least ISO.
        read_noise: its standard deviation in electrons.
        read_tails: how much pixels differ in it, see ``read_noise``.
        exposures_apart: see ``mean_of_exposures``.
    """

    gamma: Range = (2.1, 2.4)
    exposure_stops: Range = (-4.0, 0.5)
    red_gain: Range = (1.1, 2.4)
    blue_gain: Range = (1.3, 2.6)
    matrix_strength: tuple[Range, Range, Range] = ((0.0, 0.6), (0.0, 0.5), (0.0, 0.6))
    matrix_share: tuple[Range, Range, Range] = ((0.5, 1.0), (0.0, 1.0), (0.0, 0.5))
    tint: Range = (-0.7, 0.7)
    flare_probability: float = 1.0
    flare_root: Range = (0.03, 0.15)
    flare_tint: Range = (-1.0, 1.0)
    shot_gain_root: Range = (0.02, 0.25)
    light_gain_root: Range = (0.005, 0.04)
    light_probability: float = 0.3
    read_noise: Range = (0.03, 0.2)
    read_tails: Range = (0.0, 0.3)
    exposures_apart: Range = (0.0, 0.6)


@dataclass(frozen=True)
class CameraShares:
    """How often each kind of picture comes.

    Attributes:
        parts: how many of ``sum(parts)`` pictures are taken by ``JpegCamera``, by ``PhoneCamera``,
            and by no camera.
        white_probability: of white noise on pictures of each of the three.
        white_std_root: square root of its standard deviation, of a range of 1: light noise comes
            more often than heavy.
        equal_probability: of white noise that is equal in red, green and blue, as film grain is and
            what is left where chroma was smoothed.
        grey_probability: of pairs that are made black and white. A network that has seen colour
            alone takes noise that is equal in red, green and blue for texture, and leaves it.
    """

    parts: tuple[int, int, int] = (5, 5, 4)
    white_probability: tuple[float, float, float] = (0.03, 0.1, 0.65)
    white_std_root: Range = (0.07, 0.45)
    equal_probability: float = 0.3
    grey_probability: float = 0.12

    def ends(self, count: int) -> list[int]:
        """Where each kind of picture ends in a batch of so many."""
        return [-(-count * taken // sum(self.parts)) for taken in accumulate(self.parts)]

    def uncaptured(self, count: int) -> int:
        """How many of so many pictures no camera takes, the last ones."""
        return count - self.ends(count)[1]
