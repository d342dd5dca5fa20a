"""Models that are not released ones are tried in a separate process first."""

import sys
from pathlib import Path

import numpy as np
import pytest

from litedenoise_sdk import Denoiser
from litedenoise_sdk.errors import CorruptModel
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.describe import describe
from litedenoise_sdk.model.load import LoadedModel, join, load_released
from litedenoise_sdk.options import Delegate
from litedenoise_sdk.runtime.auto.isolated import try_delegate
from litedenoise_sdk.runtime.auto.proof import prove
from litedenoise_sdk.runtime.auto.trial import Trial
from tests.model.networks import small_network

CONTENT = small_network()
SIDECAR = describe(CONTENT, name="small", network="Small", licence="Apache-2.0", training={})
SMALL = join(CONTENT, SIDECAR)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def dies(model: LoadedModel, delegate: Delegate, block: Size, threads: int) -> Trial:
    program = (sys.executable, "-c", "import os; os.abort()")
    return try_delegate(model, delegate, block, threads, program=program)


def must_not_run(*_: object) -> Trial:
    raise AssertionError("tried again")


def test_own_model_is_tried_once_and_remembered(cache: Path) -> None:
    tried = []

    def try_one(*arguments: object) -> Trial:
        tried.append(arguments)
        return Trial("cpu", True, "agrees")

    prove(SMALL, try_one)
    assert tried == [(SMALL, "cpu", Size(64, 64), 1)]
    prove(SMALL, must_not_run)


def test_released_models_need_no_proof() -> None:
    prove(load_released("int8"), must_not_run)


def test_model_that_ends_its_process_is_refused_each_time() -> None:
    for _ in range(2):
        with pytest.raises(CorruptModel, match=r"separate process: .*\(signal 6\)"):
            prove(SMALL, dies)


def test_denoiser_proves_a_model_in_a_real_process(cache: Path) -> None:
    path = cache / "small.tflite"
    path.write_bytes(CONTENT)
    SIDECAR.save(path.with_suffix(".json"))
    with Denoiser("int8", model=path) as denoiser:
        assert denoiser.denoise(np.full((40, 48, 3), 90, np.uint8)).shape == (40, 48, 3)
    assert [file.name[:7] for file in (cache / "cache/litedenoise/verdicts").iterdir()] == [
        "proved-"
    ]
