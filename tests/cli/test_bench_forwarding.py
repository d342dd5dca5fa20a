"""``litedenoise bench`` forwards to the checkout's benchmarks, or says where they are."""

import json
import sys
from pathlib import Path

import pytest

from litedenoise_sdk.cli.main import main

REPOSITORY = Path(__file__).parents[2]

Output = pytest.CaptureFixture[str]


def test_forwards_to_the_checkout(capsys: Output) -> None:
    assert main(["bench", "run", "--list", "host/cpu/int8/photo-*"]) == 0
    assert capsys.readouterr().out.strip() == "host/cpu/int8/photo-8mp"


def test_hands_the_exit_code_on(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(json.dumps({"schema_version": 0}))
    with pytest.raises(SystemExit) as stopped:
        main(["bench", "report", str(tmp_path / "run.json")])
    assert stopped.value.code == 2


def test_elsewhere_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.chdir(tmp_path)
    elsewhere = [entry for entry in sys.path if entry and Path(entry).resolve() != REPOSITORY]
    monkeypatch.setattr(sys, "path", elsewhere)
    for name in [name for name in sys.modules if name.split(".")[0] == "benchmarks"]:
        monkeypatch.delitem(sys.modules, name)
    assert main(["bench", "run"]) == 1
    assert "checkout of the repository" in capsys.readouterr().err
