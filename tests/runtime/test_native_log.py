import os

import pytest

from litedenoise_sdk.runtime.freed_memory import release_freed_memory
from litedenoise_sdk.runtime.native_log import captured_log


def test_routine_lines_are_dropped_and_others_passed_on(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with captured_log() as log:
        os.write(2, b"INFO: all is well\nERROR: it broke\nfrom another thread\n")
    assert log == ["ERROR: it broke", "from another thread"]
    assert capfd.readouterr().err == "ERROR: it broke\nfrom another thread\n"


def test_standard_error_is_back_after_an_exception(capfd: pytest.CaptureFixture[str]) -> None:
    logs: list[list[str]] = []

    def fail() -> None:
        with captured_log() as log:
            logs.append(log)
            os.write(2, b"WARNING: why\n")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert logs == [["WARNING: why"]]
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "WARNING: why\nafter\n"


def test_process_without_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: int) -> int:
        raise OSError

    monkeypatch.setattr(os, "dup", refuse)
    with captured_log() as log:
        pass
    assert log == []


def test_releasing_memory_is_harmless() -> None:
    release_freed_memory()
