"""Small photos, the service in memory, and a network whose blocks wait for a test's word."""

import io
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from numpy.typing import NDArray
from PIL import Image

from litedenoise_sdk.geometry import Box, Size
from litedenoise_sdk.progress import ProgressCallback, report_progress
from litedenoise_sdk.runtime.cpu.runtime import plan_on_cpu
from litedenoise_sdk.runtime.protocol import PhotoPlan, RunReport, Take, Task
from litedenoise_sdk.server.app import create_app
from litedenoise_sdk.server.settings import ServerSettings

SETTINGS = ServerSettings(workers=1, waiting=2, max_upload_bytes=4_000_000, max_pixels=1_000_000)


def picture(format: str = "PNG", *, mode: str = "RGB", size: tuple[int, int] = (48, 40)) -> bytes:
    channels = {"RGB": 3, "RGBA": 4}[mode]
    values = np.random.default_rng(7).integers(60, 190, (size[1], size[0], channels), np.uint8)
    file = io.BytesIO()
    Image.fromarray(values, mode).save(file, format)
    return file.getvalue()


def pixels(data: bytes) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image)


def unnamed_files(folder: Path) -> list[str]:
    """Files of a folder that have no name any more, but are open in this process."""
    found = []
    for link in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):
            found.append(str(link.readlink()))
    return [name for name in found if name.startswith(str(folder)) and "(deleted)" in name]


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(create_app(SETTINGS), base_url="http://localhost") as client:
        yield client


class Gate:
    """A network that gives the negative, block by block, when it is told to."""

    def __init__(self) -> None:
        self.entered = threading.Semaphore(0)
        self.released = threading.Semaphore(0)

    def open_runtime(
        self, model: Any, task: Task, delegate: Any, threads: int, *_: object, **__: object
    ) -> "_Gated":
        report = RunReport(delegate, "cpu", "a gate", 1, 1, "fp32", task.photo, threads)
        return _Gated(self, plan_on_cpu(model, task), report)

    def wait_until_entered(self) -> None:
        assert self.entered.acquire(timeout=60)

    def release(self, blocks: int = 1000) -> None:
        self.released.release(blocks)


class _Gated:
    photo_is_free = True

    def __init__(self, gate: Gate, plan: PhotoPlan, report: RunReport) -> None:
        self._gate = gate
        self.plan = plan
        self.report = report

    def denoise(self, photo: NDArray[Any], take: Take, progress: ProgressCallback | None) -> None:
        report_progress(progress, 0, 1)
        self._gate.entered.release()
        assert self._gate.released.acquire(timeout=60)
        take(Box.of(Size(*photo.shape[:2])), np.iinfo(photo.dtype).max - photo)
        report_progress(progress, 1, 1)

    def close(self) -> None:
        pass


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate = Gate()
    monkeypatch.setattr("litedenoise_sdk.engine.open_runtime", gate.open_runtime)
    yield gate
    gate.release()
