"""The parts that all benchmarks share."""

import json
import math
from pathlib import Path

import pytest

from benchmarks.common import results
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


def test_results_come_back(tmp_path: Path) -> None:
    path = tmp_path / "new" / "results.json"
    results.save(path, "quality", {"set": Path("/somewhere/secret/set")}, {"psnr": math.inf})
    assert results.load(path, "quality") == {"psnr": None}
    assert json.loads(path.read_text())["arguments"] == {"set": "set"}  # no paths of a machine
    with pytest.raises(ValueError, match="memory"):
        results.load(path, "memory")


def test_results_refuse_what_is_not_plain(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="object"):
        results.save(tmp_path / "results.json", "quality", {}, object())
