"""Pairs with synthetic noise: two kinds of cameras at several levels, white noise, black and white,
patterns.

    python -m benchmarks.cameras.synthetic --clean FOLDER --output build/synthetic
    python -m benchmarks.quality --pairs build/synthetic/*

Each set is a folder of ``NAME_real.png`` and ``NAME_mean.png``. Everything about a camera but the
strength of its noise is drawn anew for each picture, as in training, and is the same at all levels
and in every run. References are as sharp as the noisy pictures. White noise, Gaussian and
independent in each pixel and colour, is the usual benchmark for denoisers, although no camera's
pictures have it. The patterns are drawn (``benchmarks.cameras.patterns``), without noise and with a
little of it.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.cameras.patterns import PATTERNS
from benchmarks.common.arguments import benchmark_parser
from benchmarks.common.eight_bits import eight_bits
from benchmarks.common.pairs import RGB, pictures_alone, read_rgb
from models.camera import (
    CameraShares,
    JpegCamera,
    JpegSettings,
    PhoneCamera,
    PhoneSettings,
    SyntheticCamera,
)
from models.camera.camera import Camera
from models.networks.student import STRIDE

ISO_STD = {
    "iso-200": 0.005,
    "iso-800": 0.01,
    "iso-3200": 0.02,
    "iso-12800": 0.04,
    "iso-51200": 0.08,
}
"""Standard deviation at mid-grey before in-camera noise reduction; shot noise doubles with every
two stops. The levels are typical, not those of any one camera."""

PHONE_GAIN = {"phone-low": 0.0025, "phone-mid": 0.01, "phone-high": 0.03}
"""An electron's share of full scale: full scale is 400, 100 and 33 electrons."""

WHITE_STD = {"white-15": 15 / 255, "white-25": 25 / 255, "white-50": 50 / 255}
PATTERN_STD = {"patterns-clean": 0.0, "patterns-5": 5 / 255, "patterns-10": 10 / 255}
"""Standard deviation, for pictures as they are."""
GREY_STD = {"grey-10": 10 / 255, "grey-25": 25 / 255}
"""The same for pictures made black and white, whose noise is equal in red, green and blue."""


def jpeg_camera(std: float) -> Camera:
    """With this standard deviation at mid-grey, from the start of its seed."""
    settings = JpegSettings(
        noise_std=(std, std),
        heavy_probability=0.0,
        defocus_probability=0.0,
        exposures_apart=(0.0, 0.0),
    )
    return JpegCamera(settings)


def phone_camera(gain: float) -> Camera:
    """With this gain, from the start of its seed."""
    root = gain**0.5
    settings = PhoneSettings(
        shot_gain_root=(root, root),
        light_probability=0.0,
        defocus_probability=0.0,
        exposures_apart=(0.0, 0.0),
    )
    return PhoneCamera(settings)


def white_noise(std: float, grey: bool = False) -> Camera:
    """No camera, but white noise of this standard deviation, from the start of its seed."""
    only = CameraShares(
        parts=(0, 0, 1),
        white_probability=(0.0, 0.0, 1.0),
        white_std_root=(std**0.5, std**0.5),
        equal_probability=float(grey),
        grey_probability=float(grey),
    )
    return SyntheticCamera(only)


CAMERAS: Mapping[str, Callable[[], Camera]] = {
    **{name: partial(jpeg_camera, std) for name, std in ISO_STD.items()},
    **{name: partial(phone_camera, gain) for name, gain in PHONE_GAIN.items()},
    **{name: partial(white_noise, std) for name, std in (WHITE_STD | PATTERN_STD).items()},
    **{name: partial(white_noise, std, grey=True) for name, std in GREY_STD.items()},
}
"""What makes each set's noise, by the set's name."""


def main(argv: Sequence[str] | None = None) -> int:
    parser = benchmark_parser("cameras.synthetic", __doc__, saves=False)
    parser.add_argument(
        "--clean", type=Path, required=True, metavar="FOLDER", help="clean pictures"
    )
    parser.add_argument("--output", type=Path, required=True, metavar="DIR")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N pictures")
    parser.add_argument(
        "--sets", nargs="+", choices=tuple(CAMERAS), default=list(CAMERAS), metavar="NAME",
        help="only these sets, by the names of their folders",
    )  # fmt: skip
    arguments = parser.parse_args(argv)
    pictures = pictures_alone(arguments.clean)[: arguments.limit]
    scenes = {picture.name: read_rgb(picture.clean) for picture in pictures}
    drawn = {name: draw() for name, draw in PATTERNS.items()}
    for name in arguments.sets:
        camera = CAMERAS[name]()
        folder = arguments.output / name
        folder.mkdir(parents=True, exist_ok=True)
        for picture, pixels in (drawn if name in PATTERN_STD else scenes).items():
            noisy, reference = photograph(pixels, camera)
            Image.fromarray(noisy).save(folder / f"{picture}_real.png")
            Image.fromarray(reference).save(folder / f"{picture}_mean.png")
        print(folder, file=sys.stderr, flush=True)
    return 0


def photograph(picture: RGB, camera: Camera) -> tuple[RGB, RGB]:
    """Noisy picture and reference of a clean one, cut to multiples of 16 pixels."""
    height, width = (side - side % STRIDE for side in picture.shape[:2])
    batch = picture[None, :height, :width].astype(np.float32) / 255.0
    noisy, reference = (np.asarray(image)[0] for image in camera(batch))
    return eight_bits(noisy), eight_bits(reference)


if __name__ == "__main__":
    sys.exit(main())
