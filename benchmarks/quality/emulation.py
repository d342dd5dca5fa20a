"""What a Snapdragon's neural processor does to real photographs, measured without a phone.

    python -m benchmarks.quality.emulation --pairs FOLDER
    python -m benchmarks.quality.emulation --pairs FOLDER --crops 10 --block 256x256

The released int8 and int16x8 files run on Qualcomm's emulation, on the middle of pairs spread
evenly over the folder. The exit code is 1 if the mean PSNR falls too far below that of fp32.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.common.arguments import benchmark_parser
from benchmarks.common.pairs import Pair, pairs_in
from benchmarks.common.table import Cell, markdown
from benchmarks.record import results
from litedenoise_sdk.cli.arguments import block_size
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.options import Precision
from litedenoise_sdk.tools.npu.agreement import PictureAgreement, measure

MOST_LOST_DB: dict[Precision, float] = {"int8": 0.2, "int16x8": 0.05}
"""Mean PSNR that the emulated processor may be below fp32."""


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    pairs = spread_over(pairs_in(arguments.pairs), arguments.crops)
    found = measure(
        [load_released(precision) for precision in arguments.precisions],
        load_released("fp32"),
        arguments.soc,
        [pair.noisy for pair in pairs],
        [pair.clean for pair in pairs],
        arguments.block,
        lambda line: print(line, file=sys.stderr, flush=True),
    )
    print(report(found, [pair.name for pair in pairs]))
    losses = {one: lost_db(found, f"{arguments.soc.upper()} {one}") for one in arguments.precisions}
    for precision, lost in losses.items():
        verdict = "met" if lost <= MOST_LOST_DB[precision] else "MISSED"
        print(f"\n{arguments.soc.upper()} {precision}: {lost:.3f} dB below fp32 on the mean; "
              f"at most {MOST_LOST_DB[precision]}: {verdict}")  # fmt: skip
    if arguments.json:
        chosen = {"soc": arguments.soc, "block": str(arguments.block), "set": arguments.pairs.name}
        record = {"pictures": [pair.name for pair in pairs], "ways": [asdict(one) for one in found]}
        results.save(arguments.json, "emulation", chosen, record)
    return int(any(lost > MOST_LOST_DB[precision] for precision, lost in losses.items()))


def spread_over(pairs: Sequence[Pair], count: int) -> list[Pair]:
    """``count`` of the pairs, spread evenly over the list, or all if there are fewer."""
    return [pairs[index * len(pairs) // count] for index in range(min(count, len(pairs)))]


def lost_db(found: Sequence[PictureAgreement], name: str) -> float:
    """How far the mean PSNR of the way called ``name`` is below that of fp32, the first."""
    (way,) = (one for one in found if one.name == name)
    assert found[0].psnr_db is not None
    assert way.psnr_db is not None
    return found[0].psnr_db - way.psnr_db


def report(found: Sequence[PictureAgreement], names: Sequence[str]) -> str:
    """PSNR of each crop and way in dB, then the means and their distance from fp32's."""
    rows: list[list[Cell]] = [
        [name, *(way.crops[index].psnr_db for way in found)] for index, name in enumerate(names)
    ]
    rows.append(["mean", *(way.psnr_db for way in found)])
    rows.append(["below fp32", *(f"{lost_db(found, way.name):.3f}" for way in found)])
    rows.append(["SSIM", *(None if way.ssim is None else f"{way.ssim:.4f}" for way in found)])
    rows.append(["residual, dB of fp32's", *(f"{way.agreement_db:.1f}" for way in found)])
    rows.append(["residual, dB of LiteRT's", *(f"{way.own_agreement_db:.1f}" for way in found)])
    return markdown(["crop", *(way.name for way in found)], rows)


def _parser() -> argparse.ArgumentParser:
    parser = benchmark_parser("quality.emulation", __doc__)
    add = parser.add_argument
    add("--pairs", type=Path, required=True, metavar="FOLDER", help="NAME_real.* and NAME_mean.*")
    add("--crops", type=int, default=10, metavar="N", help="number of pairs (10)")
    add("--block", type=block_size, default=Size(128, 128), metavar="HxW", help="(128x128)")
    add("--precisions", nargs="+", choices=tuple(MOST_LOST_DB), default=list(MOST_LOST_DB))
    add("--soc", default="SM8750", metavar="PART", help="the chip (SM8750)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
