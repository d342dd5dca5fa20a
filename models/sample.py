"""Makes a noisy sample photo out of a clean one, with the synthetic camera.

    python -m models.sample CLEAN samples/noisy.jpg --width 2048

The clean photo is enlarged to the width first, because few sharp clean photos are as large as a
camera's.
"""

import argparse
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageCms

from litedenoise_sdk.geometry import ceil_to
from models.camera import JpegCamera, JpegSettings
from models.networks.student import STRIDE

HIGH_ISO = JpegSettings(
    noise_std=(0.04, 0.04),
    heavy_probability=0.0,
    defocus_probability=0.0,
    read_share=(0.15, 0.15),
    exposure_stops=(0.0, 0.0),
    red_gain=(1.9, 1.9),
    blue_gain=(1.6, 1.6),
    saturation=(0.3, 0.3),
    contrast=(0.2, 0.2),
    luma_smoothing=(0.5, 0.5),
    chroma_smoothing=(0.65, 0.65),
    luma_retained=(0.6, 0.6),
    chroma_retained=(0.5, 0.5),
    smoothing_probability=1.0,
    sharpening_probability=0.0,
    jpeg_probability=0.0,
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clean", type=Path)
    parser.add_argument("noisy", type=Path)
    parser.add_argument("--width", type=int, default=2048)
    parser.add_argument("--credit", default="", help="written into the EXIF copyright field")
    arguments = parser.parse_args()

    with Image.open(arguments.clean) as file:
        clean = file.convert("RGB")
    height = round(clean.height * arguments.width / clean.width)
    clean = clean.resize((arguments.width, height), Image.Resampling.LANCZOS)
    pixels = np.asarray(clean, np.float32)[None] / 255.0
    edges = [(0, 0), *((0, ceil_to(side, STRIDE) - side) for side in pixels.shape[1:3]), (0, 0)]
    noisy, _ = JpegCamera(HIGH_ISO, seed=0)(np.pad(pixels, edges, mode="reflect"))
    photo = Image.fromarray(
        np.rint(np.asarray(noisy)[0, :height, : arguments.width] * 255.0).astype(np.uint8)
    )
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = "Synthetic high-ISO noise on an openly licensed photo"
    exif[ExifTags.Base.Copyright] = arguments.credit
    exif[ExifTags.Base.Orientation] = 1
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    photo.save(arguments.noisy, quality=92, exif=exif, icc_profile=profile)
    print(f"{arguments.noisy}: {photo.width}x{photo.height}")


if __name__ == "__main__":
    main()
