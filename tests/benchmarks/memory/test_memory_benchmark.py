"""Peak memory, of a photo too small to mean anything."""

import json
from pathlib import Path

import pytest

from benchmarks.memory import __main__ as memory

Output = pytest.CaptureFixture[str]


def test_memory_counts_the_whole_child_process(tmp_path: Path, capsys: Output) -> None:
    saved = tmp_path / "memory.json"
    options = ["--precisions", "int8", "--megapixels", "0.02", "--max-memory-mb", "300"]
    assert memory.main([*options, "--json", str(saved)]) == 0
    assert "yes" in capsys.readouterr().out
    (found,) = json.loads(saved.read_text())["results"]
    assert 20 < found["peak_mb"] < 300
    assert found["within"]


def test_a_failing_child_tells_why() -> None:
    with pytest.raises(RuntimeError, match="needs at least max_memory_mb"):
        memory.main(["--precisions", "int8", "--megapixels", "0.5", "--max-memory-mb", "1"])
