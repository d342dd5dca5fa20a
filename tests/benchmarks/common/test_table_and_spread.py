"""The parts that all benchmarks share."""

import math

from benchmarks.common.spread import mean, spread
from benchmarks.common.table import markdown


def test_table_is_aligned_markdown() -> None:
    table = markdown(["method", "dB"], [["ours", 38.456], ["theirs", None]])
    assert table.splitlines() == [
        "| method | dB    |",
        "| ------ | ----- |",
        "| ours   | 38.46 |",
        "| theirs | -     |",
    ]


def test_spread() -> None:
    found = spread([3.0, 1.0, 2.0, 10.0])
    assert (found.median, found.lowest, found.highest, found.count) == (2.5, 1.0, 10.0, 4)


def test_mean_leaves_out_what_is_missing_or_infinite() -> None:
    assert mean([1.0, None, math.inf, 3.0]) == 2
    assert mean([None]) is None
