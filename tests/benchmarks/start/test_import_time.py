"""The cost of the import."""

import pytest

from benchmarks.start import import_time

Output = pytest.CaptureFixture[str]


def test_import_time_and_what_it_drags_in(capsys: Output) -> None:
    found = import_time.measure(1)
    assert found.sdk_beyond_numpy_ms.median > 0
    assert found.heavy_modules == ()
    print(import_time.report(found))
    assert "heavy modules imported: none" in capsys.readouterr().out
