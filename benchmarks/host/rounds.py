"""Cases in turns, round after round, so that a busy machine hits all alike."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.host.case import HostCase
from benchmarks.host.sampler import CaseFailed, Sampler, sampler_for

ROUNDS = 10
"""For a case with short queries; with long ones there are fewer rounds, of one query each."""

INTERRUPTED = "interrupted"
"""The failure of all cases in progress when the run was stopped."""

Log = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Limits:
    """A case ends after a number of queries or a time, whichever comes first.

    Attributes:
        queries: how many, warm-up not counted.
        seconds: of queries, not of wall clock.
    """

    queries: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Judging:
    """Pairs that every method is judged on: the first ``pictures`` of a folder."""

    pairs: Path
    pictures: int


@dataclass(slots=True)
class Measured:
    """The state of one case so far.

    Attributes:
        case: what is measured.
        facts: what its sampler told; see ``Sampler``.
        samples_us: every query after the warm-up, in order.
        failure: why the case ended before its time, or None.
        complete: whether it has all the samples that it was to have.
    """

    case: HostCase
    facts: dict[str, Any] = field(default_factory=dict)
    samples_us: list[float] = field(default_factory=list)
    failure: str | None = None
    complete: bool = False


def measure_in_rounds(
    cases: Sequence[HostCase], limits: Limits, judging: Judging | None, log: Log
) -> list[Measured]:
    """All cases, interleaved. One that fails does not stop the others.

    On KeyboardInterrupt it returns the results so far, marked as such.
    """
    measured = [Measured(case) for case in cases]
    with _samplers(measured) as samplers:
        try:
            for one, sampler in zip(measured, samplers, strict=True):
                log(f"{one.case.name}: opening")
                _make_ready(one, sampler, judging)
            _take_turns(measured, samplers, limits, log)
        except KeyboardInterrupt:
            for one in measured:
                if not one.complete:
                    one.failure = one.failure or INTERRUPTED
    return measured


@contextmanager
def _samplers(measured: Sequence[Measured]) -> Iterator[list[Sampler]]:
    samplers = [sampler_for(one.case) for one in measured]
    try:
        yield samplers
    finally:
        for one, sampler in zip(measured, samplers, strict=True):
            one.facts.update(sampler.close())


def _make_ready(one: Measured, sampler: Sampler, judging: Judging | None) -> None:
    try:
        one.facts.update(sampler.open())
        if judging is not None:
            one.facts.update(sampler.judge(judging.pairs, judging.pictures))
    except CaseFailed as failure:
        one.failure = str(failure)


def _take_turns(
    measured: Sequence[Measured], samplers: Sequence[Sampler], limits: Limits, log: Log
) -> None:
    turns = [
        _Turns(one, sampler, limits)
        for one, sampler in zip(measured, samplers, strict=True)
        if one.failure is None
    ]
    number = 0
    while turns:
        number += 1
        log(f"round {number}: {len(turns)} cases")
        for turn in turns:
            turn.take()
        turns = [turn for turn in turns if not turn.over]


class _Turns:
    """One case's part in the rounds."""

    def __init__(self, measured: Measured, sampler: Sampler, limits: Limits) -> None:
        self._measured, self._sampler, self._limits = measured, sampler, limits
        self._most = min(limits.queries, sampler.most)
        self._enough = min(sampler.enough, self._most)

    def take(self) -> None:
        """As many queries as fit in one round."""
        try:
            self._measured.samples_us += self._sampler.sample(self._queries())
        except CaseFailed as failure:
            self._measured.failure = str(failure)

        self._measured.complete = self._measured.failure is None and self._has_all()

    @property
    def over(self) -> bool:
        return self._measured.complete or self._measured.failure is not None

    def _has_all(self) -> bool:
        samples_us = self._measured.samples_us
        spent = sum(samples_us) / 1e6
        return len(samples_us) >= self._most or (
            spent >= self._limits.seconds and len(samples_us) >= self._enough
        )

    def _queries(self) -> int:
        """Calibrated by the queries so far; the first round has one."""
        samples_us = self._measured.samples_us
        if not samples_us:
            return 1
        share_us = self._limits.seconds * 1e6 / ROUNDS
        fitting = int(share_us / max(median(samples_us), 1.0))
        return max(1, min(fitting, self._most - len(samples_us)))


def log_to_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
