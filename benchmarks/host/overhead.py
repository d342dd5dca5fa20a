"""What the harness itself costs: queries with its clock around each, and bare ones, in turns.

    python -m benchmarks.host.overhead                           # on int8, 512x512, bare LiteRT
    python -m benchmarks.host.overhead 'host/cpu/int8/photo-8mp' --rounds 10

Both sides are the same opened case in one process; a bare block reads the clock at its two ends
alone. The exit code is 1 if the harness adds more than 1 % to the median, 2 for wrong usage.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from benchmarks.common.arguments import benchmark_parser
from benchmarks.common.ratio import Ratio, ratio_of_medians
from benchmarks.host.case import HostCase, Sizes, catalogue, choose
from benchmarks.host.subjects import open_subject
from benchmarks.host.timing import Clock, time_queries

MOST = 0.01
"""Share of a query's time that the harness may add."""

_CASE = "host/litert/int8/512x512"
_BLOCK_S = 0.25
_EMPTY_QUERIES = 10_000
_TIMED_BY_WORKERS = ("sdk", "litert", "openvino", "onnxruntime", "classical")


@dataclass(frozen=True, slots=True)
class Overhead:
    """Of one case.

    Attributes:
        timed_us: a query with the harness around it, mean of each block.
        bare_us: a query without, mean of each block.
        empty_us: what the harness takes for a query that does nothing.
    """

    timed_us: tuple[float, ...]
    bare_us: tuple[float, ...]
    empty_us: float

    @property
    def ratio(self) -> Ratio:
        """Timed over bare, by their medians."""
        return ratio_of_medians(self.timed_us, self.bare_us)

    @property
    def is_met(self) -> bool:
        """Whether no more than 1 % is added."""
        return self.ratio.value - 1 <= MOST


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    try:
        case = _one_case(arguments.case)
    except ValueError as error:
        print(f"benchmarks.host.overhead: {error}", file=sys.stderr)
        return 2
    subject = open_subject(case)
    query = partial(subject.query, subject.method.grid[0])
    query()
    (warm_us,) = time_queries(query, 1)
    queries = max(1, int(_BLOCK_S * 1e6 / warm_us))
    overhead = measure(query, arguments.rounds, queries)
    print(overhead_text(case.name, overhead, queries))
    return int(not overhead.is_met)


def measure(
    query: Callable[[], object], rounds: int, queries: int, clock: Clock = time.perf_counter
) -> Overhead:
    """``rounds`` of a timed and a bare block each, which take turns to go first."""
    timed_us: list[float] = []
    bare_us: list[float] = []
    blocks: list[tuple[list[float], Callable[[], object]]] = [
        (timed_us, partial(time_queries, query, queries, clock)),
        (bare_us, partial(_bare, query, queries)),
    ]
    for number in range(rounds):
        for means_us, block in blocks if number % 2 else blocks[::-1]:
            means_us.append(_us(block, clock) / queries)
    empty = partial(time_queries, lambda: None, _EMPTY_QUERIES, clock)
    return Overhead(tuple(timed_us), tuple(bare_us), _us(empty, clock) / _EMPTY_QUERIES)


def overhead_text(name: str, overhead: Overhead, queries: int) -> str:
    """Both estimates of the overhead, and whether the target is met."""
    ratio = overhead.ratio
    bare_us = float(sorted(overhead.bare_us)[len(overhead.bare_us) // 2])
    interval = "" if ratio.low is None or ratio.high is None else (
        f" (95 % interval {100 * (ratio.low - 1):+.2f} to {100 * (ratio.high - 1):+.2f} %)"
    )  # fmt: skip
    return "\n".join((
        f"{name}: {bare_us / 1e3:.3f} ms a query, {len(overhead.bare_us)} blocks of {queries} "
        "on either side, in turns",
        f"side by side: {100 * (ratio.value - 1):+.3f} %{interval}",
        f"clock and record alone: {overhead.empty_us:.2f} us a query, "
        f"{100 * overhead.empty_us / bare_us:.4f} % of it",
        f"at most {100 * MOST:g} %: {'met' if overhead.is_met else 'MISSED'}",
    ))  # fmt: skip


def _bare(query: Callable[[], object], queries: int) -> None:
    for _ in range(queries):
        query()


def _us(block: Callable[[], object], clock: Clock) -> float:
    started = clock()
    block()
    return (clock() - started) * 1e6


def _one_case(pattern: str) -> HostCase:
    cases = [one for one in choose(catalogue(Sizes()), [pattern]) if one.kind in _TIMED_BY_WORKERS]
    if len(cases) != 1:
        raise ValueError(
            f"expected the name of one case that is timed query by query; {pattern!r} is "
            f"{', '.join(case.name for case in cases) or 'none'}"
        )
    return cases[0]


def _parser() -> argparse.ArgumentParser:
    parser = benchmark_parser("host.overhead", __doc__, saves=False)
    parser.add_argument("case", nargs="?", default=_CASE, metavar="CASE", help=f"({_CASE})")
    parser.add_argument("--rounds", type=int, default=40, metavar="N", help="of two blocks (40)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
