"""Two runs, case by case: what got slower, what got faster, and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from benchmarks.common.ratio import FEWEST, Ratio, ratio_of_medians
from benchmarks.common.table import markdown
from benchmarks.record import BenchmarkRun, CaseResult

Verdict = Literal["regression", "slower", "faster", "no difference", "too few samples"]

MARGIN = 0.05
"""Slower by more than this is a regression unless the caller says otherwise."""


@dataclass(frozen=True, slots=True)
class Change:
    """One case in both runs: the time after over the time before."""

    case: str
    ratio: Ratio
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs.

    Attributes:
        changes: the cases with samples in both.
        lost: cases with samples before and none after, by failure or by not being run.
        differences: what makes the two runs hard to compare, e.g. another machine.
        margin: slower by more than this share is a regression.
    """

    changes: tuple[Change, ...]
    lost: tuple[str, ...]
    differences: tuple[str, ...]
    margin: float

    @property
    def regressions(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.verdict == "regression")


def compare(before: BenchmarkRun, after: BenchmarkRun, margin: float = MARGIN) -> Comparison:
    """Case by case, as ratios of medians.

    A regression is slower by more than ``margin`` and by more than chance explains.

    Raises:
        ValueError: the runs share no case.
    """
    earlier = {case.name: case for case in before.cases if case.samples_us}
    later = {case.name: case for case in after.cases if case.samples_us}
    shared = [name for name in earlier if name in later]
    if not shared:
        raise ValueError("the two runs have no measured case in common")
    changes = []
    for name in shared:
        ratio = ratio_of_medians(later[name].samples_us, earlier[name].samples_us)
        changes.append(Change(name, ratio, _verdict(ratio, margin)))
    lost = tuple(name for name in earlier if name not in later)
    differences = [
        f"{name}: {what} {old} before, {new} after"
        for name in shared
        for what, old, new in (
            ("device", earlier[name].device.name, later[name].device.name),
            ("model", _checksum(earlier[name]), _checksum(later[name])),
        )
        if old != new
    ]
    return Comparison(tuple(changes), lost, tuple(differences), margin)


def comparison_text(comparison: Comparison) -> str:
    """Markdown: a table, what is lost, and one plain sentence at the end."""
    rows = [
        [
            change.case,
            change.ratio.value,
            _interval(change.ratio),
            None if change.ratio.p_value is None else f"{change.ratio.p_value:.2g}",
            change.verdict,
        ]
        for change in comparison.changes
    ]
    header = ["case", "after / before", "95 % interval", "Mann-Whitney p", "verdict"]
    parts = [markdown(header, rows, digits=3)]
    if comparison.differences:
        parts.append("The runs are not of the same thing:\n" + _bullets(comparison.differences))
    if comparison.lost:
        parts.append("Measured before, not after:\n" + _bullets(comparison.lost))
    parts.append(_statement(comparison))
    return "\n\n".join(parts)


def _verdict(ratio: Ratio, margin: float) -> Verdict:
    if ratio.low is None:
        return "too few samples"
    if not ratio.differs:
        return "no difference"
    if ratio.value < 1:
        return "faster"
    return "regression" if ratio.value > 1 + margin else "slower"


def _statement(comparison: Comparison) -> str:
    count, margin = len(comparison.changes), f"{100 * comparison.margin:g} %"
    if comparison.regressions:
        names = ", ".join(
            f"{change.case} by {100 * (change.ratio.value - 1):.1f} %"
            for change in comparison.regressions
        )
        return f"REGRESSION: slower by more than {margin}, and by more than chance: {names}."
    silent = sum(change.verdict == "too few samples" for change in comparison.changes)
    untold = f" Of {silent} nothing can be told with fewer than {FEWEST} samples." if silent else ""
    return (
        f"No regression: of {count} cases none is slower by more than {margin} with 95 % "
        f"confidence that it is slower at all.{untold}"
    )


def _checksum(case: CaseResult) -> str:
    return case.model.sha256[:12] if case.model else "none"


def _interval(ratio: Ratio) -> str | None:
    return None if ratio.low is None else f"{ratio.low:.3f} to {ratio.high:.3f}"


def _bullets(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
