"""What tiling changes in the picture, and which halo is enough.

    python -m benchmarks.tiling PHOTO...
    python -m benchmarks.tiling PHOTO... --measure-halo

The first prints how far "balanced" and "fast" are from "exact" with the blocks that the SDK itself
chooses. The second runs blocks of one size with halos from 16 to 128 pixels, and names the smallest
that keeps what each quality promises on every photo: these go into the sidecar.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

from benchmarks import results
from benchmarks.agreement import BALANCED_BAR, FAST_BAR, Agreement, agreement, worst
from benchmarks.arguments import parse_size
from benchmarks.halo import HALOS_PX, denoise_with_halo, smallest_halo
from benchmarks.pairs import read_rgb
from benchmarks.table import Cell, markdown
from litedenoise_sdk import Denoiser
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.options import Precision, Quality

_TILED: tuple[Quality, ...] = ("balanced", "fast")


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    record: dict[str, Any] = {}
    for precision in arguments.precisions:
        if arguments.measure_halo:
            record[precision] = _measure_halo(precision, arguments)
        else:
            record[precision] = _measure_qualities(precision, arguments.photos)
    if arguments.json:
        chosen = {
            "photos": [path.name for path in arguments.photos],
            "measure_halo": arguments.measure_halo,
            "block": str(arguments.block),
        }
        results.save(arguments.json, "tiling", chosen, record)
    return 0


def _measure_qualities(precision: Precision, photos: Sequence[Path]) -> list[dict[str, Any]]:
    rows: list[list[Cell]] = []
    record: list[dict[str, Any]] = []
    with Denoiser(precision=precision, quality="exact", delegate="cpu") as exact_denoiser:
        for path in photos:
            photo = read_rgb(path)
            exact = exact_denoiser.denoise(photo)
            exact_denoiser.close()
            for quality in _TILED:
                with Denoiser(precision=precision, quality=quality, delegate="cpu") as denoiser:
                    found = agreement(exact, denoiser.denoise(photo))
                    plan = denoiser.plan(width=photo.shape[1], height=photo.shape[0])
                rows.append(
                    [path.name, quality, plan.halo_px, f"{plan.blocks} x {plan.block}",
                     *_cells(found)]
                )  # fmt: skip
                record.append({"photo": path.name, "quality": quality, **asdict(found)})
    header = ["photo", "quality", "halo", "blocks", *_AGREEMENT_HEADER]
    print(f"\n{precision}, against exact\n\n{markdown(header, rows)}")
    return record


def _measure_halo(precision: Precision, arguments: argparse.Namespace) -> dict[str, Any]:
    photos = [read_rgb(path) for path in arguments.photos]
    with Denoiser(precision=precision, quality="exact", delegate="cpu") as denoiser:
        exact = [denoiser.denoise(photo) for photo in photos]
    by_halo: dict[int, Agreement] = {}
    for halo_px in arguments.halos:
        tiled = denoise_with_halo(precision, photos, arguments.block, halo_px)
        by_halo[halo_px] = worst(
            [agreement(one, other) for one, other in zip(exact, tiled, strict=True)]
        )
    rows = [[halo_px, *_cells(found)] for halo_px, found in by_halo.items()]
    chosen = {
        "balanced": smallest_halo(by_halo, BALANCED_BAR),
        "fast": smallest_halo(by_halo, FAST_BAR),
    }
    print(
        f"\n{precision}, blocks of {arguments.block}, the worst of {len(photos)} photos\n\n"
        f"{markdown(['halo', *_AGREEMENT_HEADER], rows)}\n\n"
        f"balanced: {chosen['balanced'] or 'none is enough'}, "
        f"fast: {chosen['fast'] or 'none is enough'}"
    )
    return {
        "halo_px": chosen,
        "table": [{"halo_px": halo_px, **asdict(found)} for halo_px, found in by_halo.items()],
    }


_AGREEMENT_HEADER = ["identical %", "largest", "PSNR dB"]


def _cells(found: Agreement) -> list[Cell]:
    return [f"{100 * found.identical:.4f}", found.largest, found.psnr]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.tiling",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("photos", nargs="+", type=Path, metavar="PHOTO")
    parser.add_argument("--precisions", nargs="+", choices=get_args(Precision), default=["fp32"])
    parser.add_argument("--measure-halo", action="store_true", help="try halos on one block size")
    parser.add_argument("--halos", type=int, nargs="+", default=list(HALOS_PX), metavar="PX")
    parser.add_argument("--block", type=parse_size, default=Size(512, 512), metavar="HxW")
    parser.add_argument("--json", type=Path, metavar="FILE", help="save the results")
    return parser


if __name__ == "__main__":
    sys.exit(main())
