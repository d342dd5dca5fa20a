"""Pairs with the synthetic camera's noise at five levels like those of ISO speeds, and white noise.

    python -m benchmarks.synthetic --clean FOLDER --output build/synthetic
    python -m benchmarks.quality --pairs build/synthetic/iso-3200 --json build/iso-3200.json
    python -m benchmarks.quality_by_set build/iso-*.json

Each set is a folder of ``NAME_real.png`` and ``NAME_mean.png``. Of the camera, everything but the
strength of the noise is drawn anew for each picture, as in training, and is the same at all levels
and in every run. White noise, Gaussian and independent in each pixel and colour, is what the field
judges denoisers on, and what no camera's picture has.
"""

import argparse
import dataclasses
import os
import sys
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.pairs import RGB, pictures_alone, read_rgb
from models.camera import CameraSettings, SyntheticCamera
from models.network import STRIDE

ISO_STD = {
    "iso-200": 0.005,
    "iso-800": 0.01,
    "iso-3200": 0.02,
    "iso-12800": 0.04,
    "iso-51200": 0.08,
}
"""Standard deviation at mid-grey before in-camera noise reduction; shot noise doubles with every
two stops. A level is like a camera's, not that of any one camera."""

WHITE_STD = {"white-15": 15 / 255, "white-25": 25 / 255}
"""Standard deviation, for pictures as they are."""

_CAMERA = CameraSettings(
    heavy_probability=0.0,
    untouched_probability=0.0,
    white_probability=0.0,
    defocus_probability=0.0,
)
SETS = {
    name: dataclasses.replace(_CAMERA, noise_std=(std, std)) for name, std in ISO_STD.items()
} | {
    name: dataclasses.replace(_CAMERA, white_probability=1.0, white_std=(std, std))
    for name, std in WHITE_STD.items()
}


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.synthetic", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "--clean", type=Path, required=True, metavar="FOLDER", help="clean pictures"
    )
    parser.add_argument("--output", type=Path, required=True, metavar="DIR")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N pictures")
    arguments = parser.parse_args(argv)
    pictures = pictures_alone(arguments.clean)[: arguments.limit]
    for name, settings in SETS.items():
        camera = SyntheticCamera(settings, seed=0)  # from the start of its seed
        folder = arguments.output / name
        folder.mkdir(parents=True, exist_ok=True)
        for picture in pictures:
            noisy, reference = photograph(read_rgb(picture.clean), camera)
            Image.fromarray(noisy).save(folder / f"{picture.name}_real.png")
            Image.fromarray(reference).save(folder / f"{picture.name}_mean.png")
        print(f"{folder}: {len(pictures)} pairs", file=sys.stderr, flush=True)
    return 0


def photograph(picture: RGB, camera: SyntheticCamera) -> tuple[RGB, RGB]:
    """Noisy picture and reference of a clean one, cut to multiples of 16 pixels."""
    height, width = (side - side % STRIDE for side in picture.shape[:2])
    batch = picture[None, :height, :width].astype(np.float32) / 255.0
    noisy, reference = (np.asarray(image)[0] for image in camera(batch))
    return _bytes(noisy), _bytes(reference)


def _bytes(unit: NDArray[np.float32]) -> RGB:
    pixels: RGB = np.rint(unit.clip(0, 1) * 255).astype(np.uint8)
    return pixels


if __name__ == "__main__":
    sys.exit(main())
