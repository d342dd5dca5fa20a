"""The page beside the SDK, on a photo that takes a moment."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.browser.site import ROOT


@pytest.mark.tools
def test_a_photo_is_measured_on_both_sides(tmp_path: Path) -> None:
    target = tmp_path / "browser.json"
    command = [sys.executable, "-m", "benchmarks.browser", "--phone", "--megapixels", "0.02"]
    ran = subprocess.run(
        [*command, "--threads", "1", "--json", str(target)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "| 0.02 " in ran.stdout
    (row,) = json.loads(target.read_text(encoding="utf-8"))["results"]
    assert row["threads"] == 1
    assert row["cpu_ratio"] == pytest.approx(row["page_cpu_s"] / row["sdk_cpu_s"])
    assert 0 < row["heap_mb"] < 300
    assert row["worst_answer_ms"] >= row["answer_ms"] >= 0
    assert row["task_ms"] > 0
