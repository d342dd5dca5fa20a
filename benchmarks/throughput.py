"""Megapixels per second of the SDK, array in to array out, beside the bare interpreter's best.

    python -m benchmarks.throughput

Every round runs the whole photo through the SDK (default options: balanced, default memory) and
about as many pixels through the bare interpreter, once for each of several blocks, so that whatever
else the machine does disturbs both alike. The bare interpreter computes no halo and converts
no pixels; the ratio is what tiling and conversion leave of its speed.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, get_args

from benchmarks import results
from benchmarks.arguments import parse_size
from benchmarks.bare import BareInterpreter
from benchmarks.photo import synthetic_photo
from benchmarks.statistics import Spread, spread
from benchmarks.stopwatch import seconds_of
from benchmarks.table import markdown
from litedenoise_sdk import Denoiser
from litedenoise_sdk.engine import usable_cores
from litedenoise_sdk.geometry import Size, ceil_to
from litedenoise_sdk.options import Precision

_BLOCKS = (Size(256, 256), Size(512, 512), Size(1024, 1024), Size(1088, 1920))
_BAND_HEIGHT = 256


@dataclass(frozen=True, slots=True)
class Comparison:
    """The SDK against the bare interpreter, in megapixels per second.

    Attributes:
        sdk: photo pixels, halos not counted.
        bare: by block.
        round_ratios: SDK over the best block's speed, for each round.
        block: what the SDK chose, with its ``overhead`` in pixels computed per photo pixel.
    """

    precision: Precision
    sdk: Spread
    bare: dict[str, Spread]
    best_block: str
    round_ratios: Spread
    block: str
    overhead: float

    @property
    def ratio(self) -> float:
        """Median over median."""
        return self.sdk.median / self.bare[self.best_block].median


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    photo: Size = arguments.size
    blocks = arguments.blocks or [*_BLOCKS, Size(_BAND_HEIGHT, ceil_to(photo.width, 16))]
    comparisons = [
        compare(precision, photo, blocks, arguments.rounds) for precision in arguments.precisions
    ]
    print(f"{photo}, {usable_cores()} threads, medians of {arguments.rounds} rounds\n")
    print(report(comparisons))
    if arguments.json:
        records = [{**asdict(one), "ratio": one.ratio} for one in comparisons]
        chosen = {"size": str(photo), "rounds": arguments.rounds, "threads": usable_cores()}
        results.save(arguments.json, "throughput", chosen, records)
    return 0


def compare(precision: Precision, photo: Size, blocks: Sequence[Size], rounds: int) -> Comparison:
    """Interleaved rounds of the SDK on one photo and of the bare interpreter on each block."""
    pixels = synthetic_photo(photo.height, photo.width)
    bare = {str(block): BareInterpreter(precision, block, usable_cores()) for block in blocks}
    sdk_speeds: list[float] = []
    bare_speeds: dict[str, list[float]] = {block: [] for block in bare}
    with Denoiser(precision=precision) as denoiser:
        denoiser.denoise(pixels)  # opens the model
        for number in range(rounds):
            # Another photo each time: the SDK remembers its last result.
            pixels[0, 0] = number + 1
            seconds = seconds_of(lambda: denoiser.denoise(pixels))
            sdk_speeds.append(photo.area / 1e6 / seconds)
            for block, interpreter in bare.items():
                speed = interpreter.megapixels_per_second(photo.area / 1e6)
                bare_speeds[block].append(speed)
        plan = denoiser.plan(width=photo.width, height=photo.height)
    spreads = {block: spread(speeds) for block, speeds in bare_speeds.items()}
    best = max(spreads, key=lambda block: spreads[block].median)
    return Comparison(
        precision=precision,
        sdk=spread(sdk_speeds),
        bare=spreads,
        best_block=best,
        round_ratios=spread(
            [ours / theirs for ours, theirs in zip(sdk_speeds, bare_speeds[best], strict=True)]
        ),
        block=str(plan.block),
        overhead=plan.overhead,
    )


def report(comparisons: Sequence[Comparison]) -> str:
    """One row for each precision."""
    blocks = list(comparisons[0].bare)
    header = ["precision", "SDK MP/s", "SDK block", "overhead"]
    header += [f"bare {block}" for block in blocks]
    header += ["ratio", "rounds from", "to"]
    rows: list[list[Any]] = [
        [
            one.precision,
            one.sdk.median,
            one.block,
            one.overhead,
            *(one.bare[block].median for block in blocks),
            one.ratio,
            one.round_ratios.lowest,
            one.round_ratios.highest,
        ]
        for one in comparisons
    ]
    return markdown(header, rows)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.throughput",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--size", type=parse_size, default=Size(2432, 3200), metavar="HxW")
    parser.add_argument("--blocks", type=parse_size, nargs="+", metavar="HxW")
    parser.add_argument(
        "--precisions", nargs="+", choices=get_args(Precision), default=["fp32", "int8"]
    )
    parser.add_argument("--rounds", type=int, default=5, metavar="N")
    parser.add_argument("--json", type=Path, metavar="FILE", help="save the results")
    return parser


if __name__ == "__main__":
    sys.exit(main())
