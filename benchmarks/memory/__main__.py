"""Peak resident memory beyond the input and output arrays, and speed, by size of the photo.

    python -m benchmarks.memory
    python -m benchmarks.memory --precisions int8 --max-memory-mb 128 --megapixels 8

Each photo is denoised in a process of its own, and everything that the process holds but the two
arrays counts: Python, numpy, LiteRT, the model and its blocks.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from itertools import product
from typing import get_args

from benchmarks.common.arguments import benchmark_parser
from benchmarks.common.table import markdown
from benchmarks.memory.peak import Case, Outcome, measure
from benchmarks.record import results
from litedenoise_sdk.options import Precision

_ASPECT = 1.5


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    outcomes: list[Outcome] = []
    for precision, limit, megapixels in product(
        arguments.precisions, arguments.max_memory_mb, arguments.megapixels
    ):
        case = _case(precision, limit, megapixels)
        print(f"{precision}, {megapixels:g} MP within {limit} MB", file=sys.stderr, flush=True)
        outcomes.append(measure(case))
    print(report(outcomes))
    if arguments.json:
        records = [{**asdict(outcome), "within": outcome.within} for outcome in outcomes]
        results.save(arguments.json, "memory", {}, records)
    return 0


def report(outcomes: Sequence[Outcome]) -> str:
    """One row a case; speed also relative to the first photo of the same precision and limit."""
    first: dict[tuple[str, int], float] = {}
    rows = []
    for outcome in outcomes:
        case = outcome.case
        speed = outcome.megapixels_per_second
        reference = first.setdefault((case.precision, case.max_memory_mb), speed)
        rows.append(
            [
                case.precision,
                case.megapixels,
                case.max_memory_mb,
                outcome.peak_mb,
                "yes" if outcome.within else "NO",
                outcome.planned_mb,
                f"{outcome.blocks} x {outcome.block}",
                outcome.work_factor,
                speed,
                speed / reference,
            ]
        )
    header = [
        "precision", "MP", "limit MB", "peak MB", "within", "planned MB", "blocks", "work factor",
        "MP/s", "relative",
    ]  # fmt: skip
    return markdown(header, rows)


def _case(precision: Precision, limit: int, megapixels: float) -> Case:
    height = round((megapixels * 1e6 / _ASPECT) ** 0.5)
    return Case(precision, limit, height, round(height * _ASPECT))


def _parser() -> argparse.ArgumentParser:
    parser = benchmark_parser("memory", __doc__)
    parser.add_argument("--megapixels", type=float, nargs="+", default=[8, 24, 100], metavar="MP")
    parser.add_argument("--max-memory-mb", type=int, nargs="+", default=[512], metavar="MB")
    parser.add_argument(
        "--precisions", nargs="+", choices=get_args(Precision), default=["fp32", "int8"]
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
