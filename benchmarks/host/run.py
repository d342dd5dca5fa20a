"""Host cases from names to a record."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.common.pairs import RGB, pairs_in
from benchmarks.host.case import HostCase
from benchmarks.host.compilers import compiled
from benchmarks.host.estimates import estimates_ms
from benchmarks.host.machine import thermal_now
from benchmarks.host.pair import synthetic_pair
from benchmarks.host.result import case_result
from benchmarks.host.rounds import INTERRUPTED, Judging, Limits, Log, measure_in_rounds
from benchmarks.host.sameness import same_pictures
from benchmarks.host.sampler import CaseFailed
from benchmarks.record import BenchmarkRun, Mode

MODES: dict[Mode, Limits] = {
    "quick": Limits(queries=128, seconds=10),
    "normal": Limits(queries=1024, seconds=60),
}
"""After the modes of MLPerf Mobile, but a case ends at its queries or its time, whichever is first.

MLPerf asks for both, and phones are measured so. Here a single query may take many seconds, so both
would mean hours per case. A case has at least three queries, however long they take.
"""


def limits(mode: Mode, budget_s: float | None, cases: int) -> Limits:
    """What each case may take: the mode's, and no more than its share of a budget for all."""
    chosen = MODES[mode]
    if budget_s is None:
        return chosen
    return replace(chosen, seconds=min(chosen.seconds, budget_s / cases))


def host_run(
    cases: Sequence[HostCase],
    mode: Mode,
    budget_s: float | None,
    pairs: Path | None,
    pictures: int,
    log: Log,
    save: Callable[[BenchmarkRun], None],
    compile_for_npus: bool = False,
) -> BenchmarkRun:
    """Measures all cases, and saves after each part, so that a run cut short keeps what it has.

    Args:
        cases: what to measure; photos of growing size come last, each alone.
        mode: how much of each.
        budget_s: seconds of queries for all cases together, or None for what the mode says.
        pairs: folder of NAME_real.* and NAME_mean.*; None makes one synthetic pair.
        pictures: how many of the pairs to judge on.
        log: called with lines about progress.
        save: called with the run so far.
        compile_for_npus: whether the vendors' compilers are asked first, which takes a minute.

    Raises:
        ValueError: no pairs in ``pairs``.
    """
    run = BenchmarkRun(
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        cases=(),
        estimates_ms=estimates_ms(),
    )
    if compile_for_npus:
        log("compiling for the published phones")
        run = replace(run, compiled=tuple(compiled()))
    together = [case for case in cases if case.kind != "growth"]
    alone = [[case] for case in cases if case.kind == "growth"]
    chosen = limits(mode, budget_s, len(cases))
    with tempfile.TemporaryDirectory(prefix="litedenoise-bench-") as folder:
        judging = None
        if any(case.kind != "start" for case in together):
            judging, note = _judging(pairs, pictures, Path(folder), log)
            run = replace(run, notes=(note,))
        for part in [together, *alone]:
            if not part:
                continue
            before = thermal_now()
            measured = measure_in_rounds(part, chosen, judging, log)
            after = thermal_now()
            same = {} if judging is None else same_pictures(measured, _noisy(judging))
            results = [
                case_result(one, mode, before, after, same.get(one.case.name)) for one in measured
            ]
            run = replace(run, cases=(*run.cases, *results))
            save(run)
            if any(one.failure == INTERRUPTED for one in measured):
                break
    return run


def _noisy(judging: Judging) -> RGB:
    noisy, _ = pairs_in(judging.pairs)[0].load()
    return noisy


def _judging(
    pairs: Path | None, pictures: int, folder: Path, log: Log
) -> tuple[Judging | None, str]:
    if pairs is not None:
        count = len(pairs_in(pairs)[:pictures])
        return Judging(pairs, count), f"quality on the first {count} pairs of {pairs.name}"
    log("making a synthetic pair to judge on")
    try:
        made = synthetic_pair(folder)
    except CaseFailed as failure:
        return None, f"quality not judged: {failure}"
    return Judging(made, 1), (
        "quality on one 256x256 crop of the sample with synthetic noise, each classical method at "
        "its best setting for this very crop; one picture decides nothing"
    )
