"""Fixtures of the denoiser's tests."""

from typing import Any

import pytest

from litedenoise_sdk.runtime.protocol import Task
from tests.denoiser.fakes import Inverter


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> list[Inverter]:
    """Replaces the runtime by fakes, and lists them as they are opened."""
    opened: list[Inverter] = []

    def open_fake(
        model: Any, task: Task, delegate: Any, threads: int, *_: object, **__: object
    ) -> Inverter:
        opened.append(Inverter(model, task, delegate, threads))
        return opened[-1]

    monkeypatch.setattr("litedenoise_sdk.engine.open_runtime", open_fake)
    return opened
