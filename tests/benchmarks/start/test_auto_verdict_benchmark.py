"""What "auto" costs a start, measured in processes of its own."""

from pathlib import Path

import pytest

from benchmarks.common.spread import spread
from benchmarks.start import auto_verdict
from benchmarks.start.auto_verdict import AutoStart
from litedenoise_sdk.runtime.auto.verdict import LIMITING_VARIABLE


def test_command_measures_starts_and_the_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(LIMITING_VARIABLE, "none")
    target = tmp_path / "auto.json"
    code = auto_verdict.main(["--repeats", "1", "--json", str(target)])
    text = capsys.readouterr().out
    assert 'start with "cpu"' in text
    assert ("MISSED" in text) == bool(code)
    assert target.exists()


@pytest.mark.parametrize(("lookup_ms", "verdict"), [(49.0, "met"), (51.0, "MISSED")])
def test_finding_the_verdict_is_held_to_the_aim(lookup_ms: float, verdict: str) -> None:
    found = AutoStart("npu", spread([900]), spread([880]), spread([lookup_ms]), spread([9]))
    text = auto_verdict.report(found)
    assert "+20.0 ms longer" in text
    assert text.endswith(verdict)
