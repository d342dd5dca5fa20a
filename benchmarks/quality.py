"""PSNR and SSIM of ours and of classical methods over pairs of noisy and clean pictures.

    python -m benchmarks.quality --pairs FOLDER
    python -m benchmarks.quality --noisy FOLDER --clean FOLDER --methods noisy litedenoise-int8
    python -m benchmarks.quality --pairs FOLDER --reuse benchmarks/results/FILE.json

Every method runs at the setting of its grid (``benchmarks/methods.py``) that has the best mean
PSNR on the set itself, which favours the classical methods: ours is told nothing of the set.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks import results
from benchmarks.evaluation import Evaluation, evaluate
from benchmarks.methods import METHODS
from benchmarks.pairs import Pair, pairs_across, pairs_in
from benchmarks.scores import SCORES
from benchmarks.table import Cell, markdown

_NAME = "quality"


def main(argv: Sequence[str] | None = None) -> int:
    parser = _parser()
    arguments = parser.parse_args(argv)
    if (arguments.pairs is None) == (arguments.noisy is None or arguments.clean is None):
        parser.error("give either --pairs, or --noisy and --clean")
    pairs = (
        pairs_in(arguments.pairs)
        if arguments.pairs
        else pairs_across(arguments.noisy, arguments.clean)
    )[: arguments.limit]
    found = {one.method: one for path in arguments.reuse for one in _reused(path, pairs)}
    for name in arguments.methods:
        found[name] = evaluate(METHODS[name], pairs, _log)
        if arguments.json:  # after each method, so that an interrupted run keeps what it has
            _save(arguments.json, arguments, found.values(), pairs)
    evaluations = sorted(found.values(), key=lambda one: list(METHODS).index(one.method))
    if arguments.json:
        _save(arguments.json, arguments, evaluations, pairs)
    print(f"{len(pairs)} pictures; PSNR in dB\n\n{report(evaluations)}")
    if arguments.per_picture:
        print(f"\nPSNR (dB) / SSIM\n\n{per_picture(evaluations, pairs)}")
    if arguments.pictures:
        _draw(arguments.pictures, evaluations, arguments.methods, pairs)
    return 0


def report(evaluations: Sequence[Evaluation]) -> str:
    """The table of means, one method a row."""
    rows: list[list[Cell]] = []
    for evaluation in evaluations:
        means = evaluation.mean
        scores: list[Cell] = [
            f"{means[name]:.4f}" if name == "ssim" else means[name] for name in SCORES
        ]
        rows.append([evaluation.method, *scores, _setting(evaluation)])
    return markdown(["method", *SCORES, "setting"], rows)


def per_picture(evaluations: Sequence[Evaluation], pairs: Sequence[Pair]) -> str:
    """PSNR and SSIM of every picture, one picture a row."""
    rows: list[list[Cell]] = []
    for pair in pairs:
        row: list[Cell] = [pair.name]
        for evaluation in evaluations:
            scores = evaluation.pictures[pair.name]
            level = "equal" if scores["psnr"] is None else f"{scores['psnr']:.2f}"
            row.append(f"{level} / {scores['ssim']:.3f}")
        rows.append(row)
    return markdown(["picture", *(evaluation.method for evaluation in evaluations)], rows)


def _setting(evaluation: Evaluation) -> str:
    setting = ", ".join(f"{name}={value}" for name, value in evaluation.setting.items())
    if not evaluation.trials:
        return setting
    return f"{setting} (best of {len(evaluation.trials)} on {evaluation.tried_on})"


def _reused(path: Path, pairs: Sequence[Pair]) -> list[Evaluation]:
    saved = results.load(path, _NAME)
    if saved["pictures"] != [pair.name for pair in pairs]:
        raise ValueError(f"{path} was measured on other pictures; measure it again on these")
    return [Evaluation.from_record(record) for record in saved["methods"]]


def _save(
    path: Path,
    arguments: argparse.Namespace,
    evaluations: Iterable[Evaluation],
    pairs: Sequence[Pair],
) -> None:
    folder = arguments.pairs or arguments.noisy
    record = {
        "pictures": [pair.name for pair in pairs],
        "methods": [evaluation.as_record() for evaluation in evaluations],
    }
    results.save(path, _NAME, {"set": folder.name}, record)


def _draw(
    folder: Path, evaluations: Sequence[Evaluation], methods: Sequence[str], pairs: Sequence[Pair]
) -> None:
    from benchmarks.pictures import save_picture

    settings = {evaluation.method: evaluation.setting for evaluation in evaluations}
    folder.mkdir(parents=True, exist_ok=True)
    for pair in pairs:
        noisy, clean = pair.load()
        denoised = {
            name: METHODS[name].run(noisy, settings[name]) for name in methods if name != "noisy"
        }
        save_picture(folder / f"{pair.name}.png", noisy, denoised, clean)
        _log(f"drew {pair.name}")


def _log(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--pairs", type=Path, metavar="FOLDER", help="NAME_real.* and NAME_mean.*")
    parser.add_argument("--noisy", type=Path, metavar="FOLDER", help="noisy pictures")
    parser.add_argument("--clean", type=Path, metavar="FOLDER", help="their references")
    parser.add_argument(
        "--methods", nargs="*", choices=METHODS, default=list(METHODS), metavar="METHOD",
        help=f"any of {', '.join(METHODS)}; all by default",
    )  # fmt: skip
    parser.add_argument(
        "--reuse", nargs="*", type=Path, default=[], metavar="JSON",
        help="saved results on the same pictures to put in the table",
    )  # fmt: skip
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N pairs")
    parser.add_argument("--per-picture", action="store_true", help="also print every picture")
    parser.add_argument("--json", type=Path, metavar="FILE", help="save the results")
    parser.add_argument(
        "--pictures", type=Path, metavar="DIR",
        help="save noisy, denoised, reference and amplified residual side by side",
    )  # fmt: skip
    return parser


if __name__ == "__main__":
    sys.exit(main())
