"""How large files become that are read and written again, beside their sources.

python -m tests.imageio.sizes samples/noisy.jpg
"""

import io
import sys
from dataclasses import replace

import numpy as np
import pillow_heif
import pylibjxl
from PIL import Image

from litedenoise_sdk.imageio import Format, decode, encode

FORMATS: tuple[Format, ...] = ("WEBP", "HEIC", "AVIF", "JPEG XL")
QUALITIES = (50, 75, 95)
CROP = (300, 500, 1836, 1652)


def main(path: str) -> None:
    """Prints a row for each quality: parts of the size, in brackets at the best setting."""
    with Image.open(path) as image:
        picture = image.convert("RGB").crop(CROP)
    print("| source |", " | ".join(FORMATS), "|")
    for quality in QUALITIES:
        cells = [_cell(_written(picture, format, quality), format) for format in FORMATS]
        print(f"| {quality} |", " | ".join(cells), "|")


def _cell(source: bytes, format: Format) -> str:
    photo = decode(source)
    best = replace(photo, metadata=replace(photo.metadata, lossy=None))
    again, unbound = (len(encode(one, format)) / len(source) for one in (photo, best))
    return f"{again:.2f} ({unbound:.2f})"


def _written(picture: Image.Image, format: Format, quality: int) -> bytes:
    file = io.BytesIO()
    match format:
        case "HEIC":
            pillow_heif.from_pillow(picture).save(file, quality=quality)
        case "JPEG XL":
            return pylibjxl.encode(np.array(picture), distance=(100 - quality) * 0.081)
        case _:
            picture.save(file, format, quality=quality)
    return file.getvalue()


if __name__ == "__main__":
    main(sys.argv[1])
