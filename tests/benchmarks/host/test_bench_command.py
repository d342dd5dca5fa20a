"""``python -m benchmarks`` from patterns to files, on cases too small to mean anything."""

from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.record import load_run

Output = pytest.CaptureFixture[str]


def test_run_saves_and_reports(tmp_path: Path, capsys: Output) -> None:
    saved, html = tmp_path / "run.json", tmp_path / "run.html"
    options = ["--growth-mp", "0.01", "--budget", "1", "--json", str(saved), "--html", str(html)]
    assert main(["run", "host/growth/int8/*", *options]) == 0
    assert "host/growth/int8/photo-0.01mp" in capsys.readouterr().out
    (case,) = load_run(saved).cases
    assert case.model is not None
    assert len(case.model.sha256) == 64
    assert case.peak_memory_bytes is not None
    assert html.read_text().startswith("<!doctype html>")
    assert main(["report", str(saved), "--markdown", str(tmp_path / "again.md")]) == 0
    assert (tmp_path / "again.md").read_text().strip() == capsys.readouterr().out.strip()


def test_list(capsys: Output) -> None:
    assert main(["run", "--list", "host/start/*"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "host/start/import"


def test_wrong_usage(tmp_path: Path, capsys: Output) -> None:
    assert main(["run", "nothing/*"]) == 2
    assert "no case matches" in capsys.readouterr().err
    assert main(["report", str(tmp_path / "absent.json")]) == 2
    with pytest.raises(SystemExit):
        main(["run", "--budget", "0"])
