"""The harness' overhead, on a clock that the test moves: nothing depends on the time it took."""

import pytest

from benchmarks.host.overhead import main as overhead_command
from benchmarks.host.overhead import measure, overhead_text
from benchmarks.host.timing import time_queries


class Clock:
    """Moves on by what each reading and each query cost, in microseconds."""

    def __init__(self, reading_us: float, query_us: float) -> None:
        self._reading_us, self._query_us = reading_us, query_us
        self._now_us = 0.0
        self.log = ""

    def __call__(self) -> float:
        self._now_us += self._reading_us
        self.log += "r"
        return self._now_us / 1e6

    def query(self) -> None:
        self._now_us += self._query_us
        self.log += "q"


def test_a_sample_has_one_reading_of_the_clock_in_it() -> None:
    clock = Clock(reading_us=1, query_us=500)
    assert time_queries(clock.query, 3, clock) == [501, 501, 501]
    assert clock.log == "rqr" * 3


def test_the_overhead_is_what_the_readings_cost() -> None:
    clock = Clock(reading_us=1, query_us=100)
    overhead = measure(clock.query, rounds=6, queries=10, clock=clock)
    # A block's own end reads the clock once; beyond that the harness reads it twice a query.
    assert overhead.bare_us == pytest.approx([100.1] * 6)
    assert overhead.timed_us == pytest.approx([102.1] * 6)
    assert overhead.empty_us == pytest.approx(2, rel=1e-3)
    assert overhead.ratio.value == pytest.approx(102.1 / 100.1)
    assert not overhead.is_met
    assert "MISSED" in overhead_text("case", overhead, 10)


def test_blocks_take_turns_and_change_places() -> None:
    clock = Clock(reading_us=0, query_us=1)
    measure(clock.query, rounds=2, queries=3, clock=clock)
    bare, timed = "rqqqr", "r" + 3 * "rqr" + "r"
    assert clock.log.startswith(bare + timed + timed + bare)


def test_a_clock_that_costs_little_meets_the_aim() -> None:
    clock = Clock(reading_us=1, query_us=50_000)
    overhead = measure(clock.query, rounds=5, queries=4, clock=clock)
    assert overhead.is_met
    assert "+0.004 %" in overhead_text("case", overhead, 4)


def test_one_case_that_is_timed_query_by_query_is_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert overhead_command(["host/litert/*"]) == 2
    assert "host/litert/fp32/512x512" in capsys.readouterr().err
    assert overhead_command(["host/start/import"]) == 2
    assert "none" in capsys.readouterr().err
