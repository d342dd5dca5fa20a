"""Measures the halo: the context that blocks need to give the whole photo's result.

    python -m benchmarks.tiling PHOTO...
    python -m benchmarks.tiling PHOTO... --precisions fp32 int8 --halos 96 112 128 144

Runs blocks of one size with each halo, compares them with the SDK's own result, and names the
smallest halo at and above which every 8-bit value is equal.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

from benchmarks.common.arguments import benchmark_parser
from benchmarks.common.pairs import read_rgb
from benchmarks.common.table import Cell, markdown
from benchmarks.record import results
from benchmarks.tiling.agreement import Agreement, agreement, worst
from benchmarks.tiling.halo import HALOS_PX, denoise_with_halo, smallest_exact_halo
from litedenoise_sdk import Denoiser
from litedenoise_sdk.cli.arguments import block_size
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.options import Precision


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    record = {precision: _measure(precision, arguments) for precision in arguments.precisions}
    if arguments.json:
        chosen = {
            "photos": [path.name for path in arguments.photos],
            "block": str(arguments.block),
        }
        results.save(arguments.json, "tiling", chosen, record)
    return 0


def _measure(precision: Precision, arguments: argparse.Namespace) -> dict[str, Any]:
    photos = [read_rgb(path) for path in arguments.photos]
    with Denoiser(precision=precision, delegate="cpu") as denoiser:
        exact = [denoiser.denoise(photo) for photo in photos]
    by_halo: dict[int, Agreement] = {}
    for halo_px in arguments.halos:
        tiled = denoise_with_halo(precision, photos, arguments.block, halo_px)
        by_halo[halo_px] = worst(
            [agreement(one, other) for one, other in zip(exact, tiled, strict=True)]
        )
    rows = [[halo_px, *_cells(found)] for halo_px, found in by_halo.items()]
    smallest = smallest_exact_halo(by_halo)
    print(
        f"\n{precision}, blocks of {arguments.block}, the worst of {len(photos)} photos\n\n"
        f"{markdown(['halo', *_AGREEMENT_HEADER], rows)}\n\n"
        f"smallest exact halo: {smallest or 'none of these'}"
    )
    return {
        "smallest_exact_halo_px": smallest,
        "table": [{"halo_px": halo_px, **asdict(found)} for halo_px, found in by_halo.items()],
    }


_AGREEMENT_HEADER = ["identical %", "largest", "PSNR dB"]


def _cells(found: Agreement) -> list[Cell]:
    return [f"{100 * found.identical:.4f}", found.largest, found.psnr]


def _parser() -> argparse.ArgumentParser:
    parser = benchmark_parser("tiling", __doc__)
    parser.add_argument("photos", nargs="+", type=Path, metavar="PHOTO")
    parser.add_argument("--precisions", nargs="+", choices=get_args(Precision), default=["fp32"])
    parser.add_argument("--halos", type=int, nargs="+", default=list(HALOS_PX), metavar="PX")
    parser.add_argument("--block", type=block_size, default=Size(512, 512), metavar="HxW")
    return parser


if __name__ == "__main__":
    sys.exit(main())
