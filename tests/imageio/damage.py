"""Damages a file of each format, reads it, and writes what could be read in each format.

python -m tests.imageio.damage --count 100000
python -m tests.imageio.damage --count 3 --first 4711
"""

import argparse
import io
import random
import struct
from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
from PIL import Image

from litedenoise_sdk.errors import LiteDenoiseError
from litedenoise_sdk.imageio import decode
from litedenoise_sdk.imageio.encode import write
from litedenoise_sdk.imageio.photo import Format
from tests.imageio.imageio_files import (
    XMP,
    exif_block,
    jpeg,
    noise,
    pillow_png,
    png,
    smooth,
    tiff,
    webp,
)
from tests.imageio.raw_files import dng
from tests.sweep import Attempt, cut, flipped, run

MODULE = "tests.imageio.damage"
WRITTEN: tuple[Format, ...] = ("JPEG", "PNG", "WEBP", "TIFF", "HEIC", "AVIF", "JPEG XL")
_MOST_PIXELS = 1_000_000
_NUMBERS = (0, 1, 2, 255, 65_535, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF)


def _by_pillow(format: str) -> Callable[[], bytes]:
    def made() -> bytes:
        file = io.BytesIO()
        Image.fromarray(smooth(24, 32)).save(file, format)
        return file.getvalue()

    return made


def _by_ourselves(format: Format) -> Callable[[], bytes]:
    """Formats that Pillow does not write."""

    def made() -> bytes:
        file = io.BytesIO()
        write(decode(jpeg(smooth(24, 32), exif=exif_block(6))), file, format)
        return file.getvalue()

    return made


def _metadata() -> dict[str, bytes]:
    return {"exif": b"Exif\0\0" + exif_block(6, thumbnail=True), "xmp": XMP}


SOUND: Mapping[str, Callable[[], bytes]] = {
    "jpeg": lambda: jpeg(smooth(24, 32), **_metadata()),
    "progressive jpeg": lambda: jpeg(smooth(24, 32), progressive=True, **_metadata()),
    "png": lambda: pillow_png(smooth(24, 32), exif=exif_block(6)),
    "png of 16 bits": lambda: png(noise((12, 16, 3), np.uint16), 2, 16),
    "webp": lambda: webp(smooth(24, 32), **_metadata()),
    "lossless webp": lambda: webp(smooth(24, 32), lossless=True),
    "tiff": lambda: tiff(smooth(24, 32)),
    "tiff in lzw": lambda: tiff(smooth(24, 32), compression="tiff_lzw"),
    "tiff in deflate": lambda: tiff(smooth(24, 32), compression="tiff_adobe_deflate"),
    "tiff of jpeg": lambda: tiff(smooth(24, 32), compression="jpeg"),
    "heic": _by_ourselves("HEIC"),
    "avif": _by_ourselves("AVIF"),
    "jpeg xl": _by_ourselves("JPEG XL"),
    "dng": lambda: dng(smooth(24, 32)),
    **{name: _by_pillow(name) for name in ("BMP", "GIF", "PPM", "JPEG2000")},
}


def damaged(number: int) -> bytes:
    """A file whose format and damage follow from ``number``."""
    rng = random.Random(number)
    kind = rng.choice((flipped, flipped, _overwritten, _overwritten, cut))
    return kind(rng, _sound(list(SOUND)[number % len(SOUND)]))


@cache
def _sound(name: str) -> bytes:
    return SOUND[name]()


def _overwritten(rng: random.Random, sound: bytes) -> bytes:
    """Numbers that sizes and places are bad at, most of them near the start."""
    changed = bytearray(sound)
    for _ in range(rng.randint(1, 3)):
        size, order = rng.choice((1, 2, 4)), rng.choice("<>")
        place = rng.randrange(rng.choice((min(200, len(changed)), len(changed))) - size)
        value = rng.choice(_NUMBERS) % 256**size
        changed[place : place + size] = struct.pack(order + {1: "B", 2: "H", 4: "I"}[size], value)
    return bytes(changed)


def try_file(data: bytes) -> bool:
    """Reads a file and writes it in each format; whether it could be read."""
    try:
        photo = decode(data, max_pixels=_MOST_PIXELS, first_frame=True)
    except LiteDenoiseError:
        return False
    for format in WRITTEN:
        try:
            write(photo, io.BytesIO(), format)
        except LiteDenoiseError:
            continue
    return True


def _attempt(_: argparse.Namespace) -> Attempt:
    return lambda number: try_file(damaged(number))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Damage pictures of every format.")
    run(MODULE, parser, lambda _: [], _attempt)
