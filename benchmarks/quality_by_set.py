"""One table of several sets: PSNR / SSIM of each method, a set a column.

python -m benchmarks.quality_by_set build/iso-200.json build/iso-800.json
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks import results
from benchmarks.evaluation import Evaluation
from benchmarks.table import Cell, markdown


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("saved", nargs="+", type=Path, help="files of benchmarks.quality --json")
    arguments = parser.parse_args(argv)
    print(by_set({path.stem: _load(path) for path in arguments.saved}))
    return 0


def by_set(sets: Mapping[str, Mapping[str, Evaluation]]) -> str:
    """The table; ``sets`` holds the evaluations by set and method."""
    methods = dict.fromkeys(method for evaluations in sets.values() for method in evaluations)
    rows: list[list[Cell]] = [
        [method, *(_cell(evaluations.get(method)) for evaluations in sets.values())]
        for method in methods
    ]
    return markdown(["PSNR, dB / SSIM", *sets], rows)


def _cell(evaluation: Evaluation | None) -> Cell:
    if evaluation is None:
        return None
    psnr, ssim = evaluation.mean["psnr"], evaluation.mean["ssim"]
    return f"{'equal' if psnr is None else f'{psnr:.2f}'} / {ssim:.4f}"


def _load(path: Path) -> dict[str, Evaluation]:
    saved = results.load(path, "quality")["methods"]
    return {record["method"]: Evaluation.from_record(record) for record in saved}


if __name__ == "__main__":
    sys.exit(main())
