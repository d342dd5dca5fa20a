"""The processor, on every system."""

import os

import pytest

from litedenoise_sdk.machine import processor_name, usable_cores


def test_cores_and_name_of_this_machine() -> None:
    assert 1 <= usable_cores() <= (os.cpu_count() or 1)
    assert processor_name()


def test_cores_where_no_process_is_bound_to_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert usable_cores() == os.cpu_count()
