"""Results of any benchmark as a file and back."""

import json
import math
from pathlib import Path

import pytest

from benchmarks.record import results


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
