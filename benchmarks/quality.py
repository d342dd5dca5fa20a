"""PSNR and SSIM of ours and of classical methods over pairs of noisy and clean pictures.

    python -m benchmarks.quality --pairs FOLDER
    python -m benchmarks.quality --noisy FOLDER --clean FOLDER --methods noisy litedenoise-int8
    python -m benchmarks.quality --pairs FOLDER --reuse benchmarks/results/FILE.json
    python -m benchmarks.quality --untouched FOLDER --methods litedenoise-fp32
    python -m benchmarks.quality --pairs FOLDER --every 5 --crop 256x256 \\
        --methods litedenoise-fp32 litedenoise-int16x8

The fourth compares the output with a clean input: what is already clean should stay. The last is
for int16x8, which takes 10 s for 512x512 on a CPU, as LiteRT has no fast kernels for it. Pairs with
synthetic noise are made by ``benchmarks.synthetic``, and ``benchmarks.quality_by_set`` puts several
sets in one table.

Every method runs at the setting of its grid (``benchmarks/methods.py``) that has the best mean
PSNR on the set itself, which favours the classical methods: ours is told nothing of the set.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks import results
from benchmarks.arguments import parse_size
from benchmarks.evaluation import Evaluation, evaluate
from benchmarks.methods import METHODS, Method
from benchmarks.pairs import Pair, pairs_across, pairs_in, pictures_alone
from benchmarks.scores import PSNRS, SSIMS
from benchmarks.table import Cell, markdown

_NAME = "quality"


def main(argv: Sequence[str] | None = None) -> int:
    parser = _parser()
    arguments = parser.parse_args(argv)
    pairs = _pairs(parser, arguments)[:: arguments.every][: arguments.limit]
    if arguments.crop:
        pairs = [pair.cropped(arguments.crop) for pair in pairs]
    found = {one.method: one for path in arguments.reuse for one in _reused(path, pairs)}
    chosen = [METHODS[name] for name in arguments.methods]
    if arguments.teacher:
        from benchmarks.teacher import teacher  # brings Keras along

        chosen.append(teacher(arguments.teacher))
    for method in chosen:
        found[method.name] = evaluate(method, pairs, _log)
        if arguments.json:  # after each method, so that an interrupted run keeps what it has
            _save(arguments.json, arguments, found.values(), pairs)
    order = list(METHODS)  # and the teacher last
    evaluations = sorted(
        found.values(),
        key=lambda one: order.index(one.method) if one.method in order else len(order),
    )
    if arguments.json:
        _save(arguments.json, arguments, evaluations, pairs)
    print(f"{len(pairs)} pictures; PSNR in dB\n\n{report(evaluations)}")
    print(f"\nSSIM\n\n{ssim_report(evaluations)}")
    if arguments.per_picture:
        print(f"\nPSNR (dB) / SSIM\n\n{per_picture(evaluations, pairs)}")
    if arguments.pictures:
        _draw(arguments.pictures, evaluations, chosen, pairs)
    return 0


def report(evaluations: Sequence[Evaluation]) -> str:
    """The table of mean PSNR, one method a row, with the lowest of any picture."""
    rows: list[list[Cell]] = []
    for one in evaluations:
        means = one.mean
        psnrs = [means[name] for name in PSNRS]
        rows.append([one.method, _ssim(means["ssim"]), *psnrs, one.lowest_psnr, _setting(one)])
    return markdown(["method", "ssim", *PSNRS, "lowest psnr", "setting"], rows)


def ssim_report(evaluations: Sequence[Evaluation]) -> str:
    """The table of mean SSIM, one method a row."""
    rows: list[list[Cell]] = [
        [one.method, *(_ssim(one.mean[name]) for name in SSIMS)] for one in evaluations
    ]
    return markdown(["method", *(name.removeprefix("ssim_") for name in SSIMS)], rows)


def _ssim(value: float | None) -> Cell:
    return None if value is None else f"{value:.4f}"


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


def _pairs(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> list[Pair]:
    across = arguments.noisy is not None and arguments.clean is not None
    if [arguments.pairs is not None, arguments.untouched is not None, across].count(True) != 1:
        parser.error("give one of --pairs, --untouched, or --noisy and --clean")
    if arguments.pairs:
        return pairs_in(arguments.pairs)
    if arguments.untouched:
        return pictures_alone(arguments.untouched)
    return pairs_across(arguments.noisy, arguments.clean)


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
    folder = arguments.pairs or arguments.untouched or arguments.noisy
    record = {
        "pictures": [pair.name for pair in pairs],
        "methods": [evaluation.as_record() for evaluation in evaluations],
    }
    results.save(path, _NAME, {"set": folder.name}, record)


def _draw(
    folder: Path,
    evaluations: Sequence[Evaluation],
    methods: Sequence[Method],
    pairs: Sequence[Pair],
) -> None:
    from benchmarks.pictures import save_picture

    settings = {evaluation.method: evaluation.setting for evaluation in evaluations}
    folder.mkdir(parents=True, exist_ok=True)
    for pair in pairs:
        noisy, clean = pair.load()
        denoised = {
            method.name: method.run(noisy, settings[method.name])
            for method in methods
            if method.name != "noisy"
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
        "--untouched", type=Path, metavar="FOLDER", help="clean pictures that should stay as is"
    )
    parser.add_argument(
        "--methods", nargs="*", choices=METHODS, default=list(METHODS), metavar="METHOD",
        help=f"any of {', '.join(METHODS)}; all by default",
    )  # fmt: skip
    parser.add_argument(
        "--teacher", type=Path, metavar="RUN", help="also a distillation's teacher: RUN/teacher"
    )
    parser.add_argument(
        "--reuse", nargs="*", type=Path, default=[], metavar="JSON",
        help="saved results on the same pictures to put in the table",
    )  # fmt: skip
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N pairs")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every N-th pair")
    parser.add_argument("--crop", type=parse_size, metavar="HxW", help="only the middle of each")
    parser.add_argument("--per-picture", action="store_true", help="also print every picture")
    parser.add_argument("--json", type=Path, metavar="FILE", help="save the results")
    parser.add_argument(
        "--pictures", type=Path, metavar="DIR",
        help="save noisy, denoised, reference and amplified residual side by side",
    )  # fmt: skip
    return parser


if __name__ == "__main__":
    sys.exit(main())
