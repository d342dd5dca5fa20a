"""The load on the service: a real one, a few small pictures."""

from pathlib import Path

from benchmarks.record.results import load as load_results
from benchmarks.service.__main__ import main
from benchmarks.service.load import Load


def test_every_client_gets_the_right_answer(tmp_path: Path) -> None:
    saved = tmp_path / "service.json"
    few = ["--clients", "2", "--seconds", "0", "--size", "48x64", "--json", str(saved)]
    assert main(few) == 0
    found = load_results(saved, "service")
    assert found["answers"] == {"200": 2}
    assert found["wrong answers"] == 0
    assert found["files left"] == 0
    assert found["megapixels per second"] > 0


def test_memory_is_compared_between_the_ends() -> None:
    load = Load(memory_mb=[100, 100, 150, 200, 250, 300, 310, 310], health_ms=[1.0] * 99 + [200])
    assert load.memory_at_ends_mb() == (100, 310)
    assert 1 < load.health_p99_ms() < 200
