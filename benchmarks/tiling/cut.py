"""How far a cut is seen: how much halo blocks need to come close to the whole photo's result.

    python -m benchmarks.tiling.cut PHOTO...
    python -m benchmarks.tiling.cut PHOTO... --precisions fp32 int8 --halos 64 96 128

Runs the network on the top left of each photo, and once more with its lower part cut off. What
differs where a block with a halo would keep its first rows is the most that any block shows: the
rows behind them are further from the cut. One run tells of all halos.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from benchmarks.common.arguments import benchmark_parser
from benchmarks.common.pairs import RGB, read_rgb
from benchmarks.common.table import markdown
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.machine import usable_cores
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.options import Precision
from litedenoise_sdk.quality import psnr
from litedenoise_sdk.runtime.cpu.runtime import LiteRtCpuRuntime

WHOLE, CUT_PX = Size(512, 256), 320
_ROWS_PX = 16
_CELL_PX, _FLAT_LEVELS = 8, 2.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What a cut does to the rows that a halo leaves; 8-bit levels.

    Attributes:
        psnr: of the 16 rows next to the halo, in dB; infinite if all are equal.
        largest: largest difference of any row.
        largest_flat: the same in areas without detail, where a seam shows first.
    """

    psnr: float
    largest: int
    largest_flat: int


def seen(whole: RGB, cut: RGB, halo_px: int) -> Seen:
    """Compares the result ``cut``, (height, width, 3), with the same rows of ``whole``."""
    kept = len(cut) - halo_px
    whole, cut = whole[:kept], cut[:kept]
    difference = np.abs(whole.astype(np.int16) - cut)
    flat = difference[_flat(whole)]
    return Seen(
        psnr(whole[-_ROWS_PX:], cut[-_ROWS_PX:]),
        int(difference.max()),
        int(flat.max()) if flat.size else 0,
    )


def _flat(pixels: RGB) -> NDArray[np.bool_]:
    """Where cells of 8x8 pixels have next to no contrast, (height, width)."""
    height, width = (side // _CELL_PX for side in pixels.shape[:2])
    grey = pixels[: height * _CELL_PX, : width * _CELL_PX].mean(axis=2)
    contrast = grey.reshape(height, _CELL_PX, width, _CELL_PX).std(axis=(1, 3))
    flat: NDArray[np.bool_] = np.zeros(pixels.shape[:2], bool)
    flat[: height * _CELL_PX, : width * _CELL_PX] = np.kron(
        contrast < _FLAT_LEVELS, np.ones((_CELL_PX, _CELL_PX), bool)
    )
    return flat


def measure(
    precision: Precision, photos: Sequence[RGB], halos_px: Sequence[int]
) -> dict[int, list[Seen]]:
    """For each halo what the cut does to each photo.

    Raises:
        ValueError: a photo smaller than 512x256.
    """
    model = load_released(precision)
    found: dict[int, list[Seen]] = {halo_px: [] for halo_px in halos_px}
    sizes = (WHOLE, Size(CUT_PX, WHOLE.width))
    whole, cut = (LiteRtCpuRuntime(model, size, usable_cores(), "cpu", "named") for size in sizes)
    for photo in photos:
        if photo.shape[0] < WHOLE.height or photo.shape[1] < WHOLE.width:
            raise ValueError(f"expected a photo of at least {WHOLE}, got {photo.shape[:2]}")
        part = np.ascontiguousarray(photo[: WHOLE.height, : WHOLE.width])
        results = whole.run(part), cut.run(part[:CUT_PX])
        for halo_px in halos_px:
            found[halo_px].append(seen(*results, halo_px))
    whole.close()
    cut.close()
    return found


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    photos = [read_rgb(path) for path in arguments.photos]
    for precision in arguments.precisions:
        rows = [
            [
                halo_px,
                min(one.psnr for one in found),
                max(one.largest for one in found),
                max(one.largest_flat for one in found),
            ]
            for halo_px, found in measure(precision, photos, arguments.halos).items()
        ]
        header = ["halo", "PSNR dB at the cut", "largest", "largest, flat"]
        print(f"\n{precision}, the worst of {len(photos)} photos\n\n{markdown(header, rows)}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = benchmark_parser("tiling.cut", __doc__, saves=False)
    parser.add_argument("photos", nargs="+", type=Path, metavar="PHOTO")
    parser.add_argument(
        "--precisions", nargs="+", choices=get_args(Precision), default=["fp32", "int8"]
    )
    halos = [32, 48, 64, 80, 96, 112, 128]
    parser.add_argument("--halos", type=int, nargs="+", default=halos, metavar="PX")
    return parser


if __name__ == "__main__":
    sys.exit(main())
