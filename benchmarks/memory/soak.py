"""Thousands of photos of all sizes and formats, one after the other: does memory grow?

    python -m benchmarks.memory.soak
    python -m benchmarks.memory.soak --photos 300

One process and one ``Denoiser``, bytes in to bytes out. The slope is that of a straight line
through resident memory after each photo, without the first fifth, in which caches fill. Fails where
it would add 20 MB to the whole run, and is more than chance.
"""

import argparse
import gc
import random
import sys
from collections.abc import Sequence
from io import BytesIO

import numpy as np
import psutil

from benchmarks.common.arguments import benchmark_parser
from benchmarks.common.photo import synthetic_photo
from benchmarks.common.table import markdown
from benchmarks.record import results
from litedenoise_sdk import Denoiser

_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF")
_LONGEST_SIDE = 240
_MOST_GROWTH_MB = 20


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    chosen = random.Random(arguments.seed)
    process = psutil.Process()
    memory_mb = []
    with Denoiser("int8", delegate="cpu") as denoiser:
        for number in range(arguments.photos):
            denoiser.denoise(_photo(chosen, number))
            gc.collect()
            memory_mb.append(process.memory_info().rss / 1e6)
    slope_kb, error_kb = slope(memory_mb[arguments.photos // 5 :])
    summary = {
        "photos": arguments.photos,
        "memory after a fifth, MB": round(memory_mb[arguments.photos // 5], 1),
        "memory at the end, MB": round(memory_mb[-1], 1),
        "slope, kB a photo": round(slope_kb, 3),
        "its standard error, kB": round(error_kb, 3),
    }
    print(markdown(["", "value"], [[name, str(value)] for name, value in summary.items()]))
    if arguments.json:
        results.save(arguments.json, "soak", {"seed": arguments.seed}, summary)
    print(f"Slope of memory: {slope_kb:.3f} kB a photo")
    grows = slope_kb > 3 * error_kb and slope_kb * arguments.photos > 1000 * _MOST_GROWTH_MB
    return int(grows)


def slope(memory_mb: Sequence[float]) -> tuple[float, float]:
    """Of the straight line with the least squares, in kB a photo, and its standard error."""
    photos = np.arange(len(memory_mb)) - (len(memory_mb) - 1) / 2
    memory = 1000 * np.asarray(memory_mb)
    spread = float(photos @ photos)
    found = float(photos @ memory) / spread
    left = memory - memory.mean() - found * photos
    return found, float(np.sqrt(left @ left / (len(memory) - 2) / spread))


def _photo(chosen: random.Random, number: int) -> bytes:
    from PIL import Image

    file = BytesIO()
    height, width = chosen.randint(16, _LONGEST_SIDE), chosen.randint(16, _LONGEST_SIDE)
    photo = Image.fromarray(synthetic_photo(height, width, number))
    photo.save(file, chosen.choice(_FORMATS))
    return file.getvalue()


def _parser() -> argparse.ArgumentParser:
    parser = benchmark_parser("memory.soak", __doc__)
    parser.add_argument("--photos", type=int, default=5000, metavar="N")
    parser.add_argument("--seed", type=int, default=0, help="of sizes and formats (0)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
