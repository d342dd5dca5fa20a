"""``python -m benchmarks``: measure named cases, report a run, compare two runs.

python -m benchmarks run                                  # every host case, quick
python -m benchmarks run 'host/cpu/int8*' 'host/litert/int8/*' --mode normal --html build/r.html
python -m benchmarks run 'host/cpu/int8/photo-8mp' --twice     # does it repeat within 5 %?
python -m benchmarks run 'host/*/[if]*/512x512'    # ours against the best bare engine
python -m benchmarks run --list 'host/growth/*'
python -m benchmarks report benchmarks/results/host.json --html build/host.html
python -m benchmarks compare before.json after.json --margin 0.05
python -m benchmarks android --help                       # phones, through adb
"""

import argparse
import importlib
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.host.case import Sizes, catalogue, choose, twice
from benchmarks.host.rounds import log_to_stderr
from benchmarks.host.run import MODES, host_run
from benchmarks.record import BenchmarkRun, load_run, save_run
from benchmarks.report.compare import MARGIN, compare, comparison_text
from benchmarks.report.page import page
from benchmarks.report.ratios import unrepeatable
from benchmarks.report.text import report_text
from litedenoise_sdk.cli.arguments import block_size

OK, FAILED, USAGE = 0, 1, 2

_DEFAULT_JSON = Path("build/benchmarks/host.json")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command.

    Returns:
        0 when all is well; 1 when a case failed, was cut short or did not repeat, or something
        got slower; 2 for wrong usage. (argparse itself raises SystemExit, with 2 for wrong usage.)
    """
    words = sys.argv[1:] if argv is None else list(argv)
    if words[:1] == ["android"]:
        # Not imported above: only those with a phone need it.
        phones = importlib.import_module("benchmarks.android.__main__")
        return int(phones.main(words[1:]))
    arguments = _parser().parse_args(words)
    try:
        code: int = arguments.run(arguments)
    except (OSError, ValueError) as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return USAGE
    return code


def _run(arguments: argparse.Namespace) -> int:
    sizes = Sizes(arguments.photos_mp, arguments.blocks, arguments.classical_size)
    if arguments.growth_mp is not None:
        sizes = replace(sizes, growth_mp=arguments.growth_mp, growth_fp32_mp=arguments.growth_mp)
    cases = choose(catalogue(sizes), arguments.patterns or ["host/*"])
    if arguments.list:
        print("\n".join(case.name for case in cases))
        return OK
    if arguments.twice:
        cases = twice(cases)
    run = host_run(
        cases,
        mode=arguments.mode,
        budget_s=arguments.budget,
        pairs=arguments.pairs,
        pictures=arguments.pictures,
        log=log_to_stderr,
        save=lambda run: save_run(run, arguments.json),
        compile_for_npus=arguments.compile,
    )
    log_to_stderr(f"saved {arguments.json}")
    _publish(run, arguments)
    for relation in (unrepeated := unrepeatable(run.cases)):
        log_to_stderr(f"{relation.case} took {relation.ratio.value:.2f} times its first time")
    complete = bool(run.cases) and all(case.status == "ok" for case in run.cases)
    return OK if complete and not unrepeated else FAILED


def _report(arguments: argparse.Namespace) -> int:
    _publish(load_run(arguments.json), arguments)
    return OK


def _compare(arguments: argparse.Namespace) -> int:
    comparison = compare(load_run(arguments.before), load_run(arguments.after), arguments.margin)
    print(comparison_text(comparison))
    return FAILED if comparison.regressions or comparison.lost else OK


def _publish(run: BenchmarkRun, arguments: argparse.Namespace) -> None:
    print(report_text(run))
    for path, write in ((arguments.markdown, report_text), (arguments.html, page)):
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(write(run), encoding="utf-8")
            log_to_stderr(f"wrote {path}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_run(commands)
    report = commands.add_parser("report", help="tables and a page from a run's JSON")
    report.add_argument("json", type=Path, metavar="JSON")
    _add_outputs(report)
    report.set_defaults(run=_report)
    two = commands.add_parser("compare", help="two runs; exit code 1 where the second is slower")
    two.add_argument("before", type=Path, metavar="BEFORE")
    two.add_argument("after", type=Path, metavar="AFTER")
    two.add_argument(
        "--margin", type=float, default=MARGIN, metavar="SHARE",
        help=f"slower by more than this share fails ({MARGIN})",
    )  # fmt: skip
    two.set_defaults(run=_compare)
    commands.add_parser("android", help="phones, through adb: see android --help", add_help=False)
    return parser


def _add_run(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("run", help="measure host cases")
    sizes = Sizes()
    add = parser.add_argument
    add("patterns", nargs="*", metavar="PATTERN", help="cases by name, with * and ? (all)")
    add("--list", action="store_true", help="name the cases and stop")
    add(
        "--mode", choices=MODES, default="quick",
        help="each case ends at 128 queries or 10 s, whichever is first; or at 1024 or 60 s",
    )  # fmt: skip
    add("--budget", type=_seconds, metavar="S", help="seconds of queries for all cases together")
    add("--twice", action="store_true", help="each case twice, in turns: does it repeat?")
    add("--compile", action="store_true", help="ask the phones' NPU compilers too: a minute")
    add("--pairs", type=Path, metavar="FOLDER", help="NAME_real.* and NAME_mean.* to judge on")
    add("--pictures", type=int, default=4, metavar="N", help="so many of the pairs (4)")
    add("--photos-mp", type=float, nargs="+", default=sizes.photos_mp, metavar="MP")
    add("--blocks", type=block_size, nargs="+", default=sizes.blocks, metavar="HxW")
    add("--classical-size", type=block_size, default=sizes.classical, metavar="HxW")
    add("--growth-mp", type=float, nargs="+", metavar="MP", help="(1 to 200; 1 to 50 in fp32)")
    add("--json", type=Path, default=_DEFAULT_JSON, metavar="FILE", help=f"({_DEFAULT_JSON})")
    _add_outputs(parser)
    parser.set_defaults(run=_run)


def _add_outputs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="also write the tables")
    parser.add_argument("--html", type=Path, metavar="FILE", help="also write one page with plots")


def _seconds(text: str) -> float:
    seconds = float(text)
    if seconds <= 0:
        raise argparse.ArgumentTypeError(f"expected more than 0 seconds; got {text}")
    return seconds


if __name__ == "__main__":
    sys.exit(main())
