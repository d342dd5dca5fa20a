"""The command line that benchmarks share."""

import argparse
from pathlib import Path


def benchmark_parser(
    module: str, text: str | None, *, saves: bool = True
) -> argparse.ArgumentParser:
    """A parser for ``python -m benchmarks.MODULE``.

    Args:
        module: below ``benchmarks``, e.g. "memory".
        text: shown above the options as it is.
        saves: whether results can be saved as JSON.
    """
    parser = argparse.ArgumentParser(
        prog=f"python -m benchmarks.{module}",
        description=text,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    if saves:
        parser.add_argument("--json", type=Path, metavar="FILE", help="save the results")
    return parser


def add_pairs(parser: argparse.ArgumentParser) -> None:
    """The option for folders of pairs; none is an empty list."""
    parser.add_argument(
        "--pairs", type=Path, nargs="+", default=[], metavar="FOLDER",
        help="NAME_real.* and NAME_mean.*",
    )  # fmt: skip
