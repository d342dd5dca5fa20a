"""PSNR and SSIM of ours and of classical methods over sets of noisy and clean pictures.

    python -m benchmarks.quality --pairs FOLDER
    python -m benchmarks.quality --pairs FOLDER FOLDER --untouched FOLDER --json build/quality.json
    python -m benchmarks.quality --pairs FOLDER --reuse benchmarks/results/FILE.json
    python -m benchmarks.quality --noisy FOLDER --clean FOLDER --methods noisy litedenoise-int8
    python -m benchmarks.quality --pairs FOLDER --every 5 --crop 256x256 \\
        --methods litedenoise-fp32 litedenoise-int16x8

One set gives a table of the parts of its pictures; several give one table with a column each, their
worst pictures, and how far colours shift. An untouched set compares the output with a clean input:
clean pictures should stay as they are. The last line is for int16x8, which takes 10 s for 512x512
on a CPU, as LiteRT has no fast kernels for it. ``benchmarks.cameras.synthetic`` makes pairs with
synthetic noise.

Every method runs at the setting of its grid (``benchmarks.quality.methods``) that has the best mean
PSNR on the set itself, which favours the classical methods: ours is blind.
"""

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from benchmarks.common.arguments import add_pairs, benchmark_parser
from benchmarks.common.pairs import Pair, pairs_across, pairs_in, pictures_alone
from benchmarks.quality import tables
from benchmarks.quality.evaluation import Evaluation, evaluate
from benchmarks.quality.methods import BM3D_MISSING, METHODS, Method, installed_methods
from benchmarks.record import results
from litedenoise_sdk.cli.arguments import block_size

_NAME = "quality"


def main(argv: Sequence[str] | None = None) -> int:
    parser = _parser()
    arguments = parser.parse_args(argv)
    chosen = [METHODS[name] for name in _methods(parser, arguments.methods)]
    if arguments.teacher:
        from benchmarks.quality.teacher import teacher  # brings Keras along

        chosen.append(teacher(arguments.teacher))
    sets = _sets(parser, arguments)
    found: dict[str, list[Evaluation]] = {}
    for name, pairs in sets.items():
        evaluations = {
            one.method: one for path in arguments.reuse for one in _reused(path, name, pairs)
        }
        for method in chosen:
            evaluations[method.name] = evaluate(method, pairs, _log)
        found[name] = sorted(evaluations.values(), key=_order)
        if arguments.json:  # after each set, so that an interrupted run keeps its results
            _save(arguments.json, found)
    _print(found, every_picture=arguments.per_picture)
    if arguments.pictures:
        for name, pairs in sets.items():
            _draw(arguments.pictures / name, found[name], chosen, pairs)
    return 0


def _print(sets: Mapping[str, Sequence[Evaluation]], *, every_picture: bool) -> None:
    if len(sets) > 1:
        print(tables.by_set(sets))
    for name, evaluations in sets.items():
        if len(sets) == 1:
            count = len(evaluations[0].pictures) if evaluations else 0
            print(f"{count} pictures; PSNR in dB\n\n{tables.parts(evaluations)}")
            print(f"\nSSIM\n\n{tables.ssim_of_parts(evaluations)}")
        if every_picture:
            print(f"\n{name}: PSNR (dB) / SSIM\n\n{tables.per_picture(evaluations)}")


def _order(evaluation: Evaluation) -> int:
    order = list(METHODS)  # and the teacher last
    return order.index(evaluation.method) if evaluation.method in order else len(order)


def _sets(
    parser: argparse.ArgumentParser, arguments: argparse.Namespace
) -> dict[str, Sequence[Pair]]:
    across = arguments.noisy is not None and arguments.clean is not None
    if across == bool(arguments.pairs or arguments.untouched):
        parser.error("give --pairs, --untouched or both, or --noisy and --clean")
    sets = {folder.name: pairs_in(folder) for folder in arguments.pairs}
    sets |= {f"{folder.name}, untouched": pictures_alone(folder) for folder in arguments.untouched}
    if across:
        sets[arguments.noisy.name] = pairs_across(arguments.noisy, arguments.clean)
    return {name: _some(pairs, arguments) for name, pairs in sets.items()}


def _some(pairs: Sequence[Pair], arguments: argparse.Namespace) -> Sequence[Pair]:
    some = pairs[:: arguments.every][: arguments.limit]
    return [pair.cropped(arguments.crop) for pair in some] if arguments.crop else some


def _reused(path: Path, name: str, pairs: Sequence[Pair]) -> list[Evaluation]:
    saved = results.load(path, _NAME).get(name, [])
    found = [Evaluation.from_record(record) for record in saved]
    if any(list(one.pictures) != [pair.name for pair in pairs] for one in found):
        raise ValueError(f"{path} was measured on other pictures; measure it again on these")
    return found


def _save(path: Path, sets: Mapping[str, Iterable[Evaluation]]) -> None:
    records = {name: [one.as_record() for one in evaluations] for name, evaluations in sets.items()}
    results.save(path, _NAME, {"sets": list(sets)}, records)


def _draw(
    folder: Path,
    evaluations: Sequence[Evaluation],
    methods: Sequence[Method],
    pairs: Sequence[Pair],
) -> None:
    from benchmarks.quality.pictures import save_picture

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


def _methods(parser: argparse.ArgumentParser, named: list[str] | None) -> list[str]:
    """Those that are named; else all that are installed, telling of what is not."""
    there = installed_methods()
    wanted = list(METHODS) if named is None else named
    if not set(wanted) <= set(there):
        if named is not None:
            parser.error(BM3D_MISSING)
        _log(BM3D_MISSING)
    return [name for name in wanted if name in there]


def _parser() -> argparse.ArgumentParser:
    parser = benchmark_parser("quality", __doc__)
    add_pairs(parser)
    parser.add_argument("--noisy", type=Path, metavar="FOLDER", help="noisy pictures")
    parser.add_argument("--clean", type=Path, metavar="FOLDER", help="their references")
    parser.add_argument(
        "--untouched", type=Path, nargs="+", default=[], metavar="FOLDER",
        help="clean pictures that should stay as is",
    )  # fmt: skip
    parser.add_argument(
        "--methods", nargs="*", choices=METHODS, metavar="METHOD",
        help=f"any of {', '.join(METHODS)}; all that are installed by default",
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
    parser.add_argument("--crop", type=block_size, metavar="HxW", help="only the middle of each")
    parser.add_argument("--per-picture", action="store_true", help="also print every picture")
    parser.add_argument(
        "--pictures", type=Path, metavar="DIR",
        help="save noisy, denoised, reference and amplified residual side by side",
    )  # fmt: skip
    return parser


if __name__ == "__main__":
    sys.exit(main())
