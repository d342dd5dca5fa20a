"""Whole runs with tiny settings: they learn, stop, resume and export."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest
import tensorflow as tf

from models import export, quantize_aware, train, train_pairs
from models.camera import CameraShares, SyntheticCamera
from models.networks.student import build_litedenoisenet
from models.networks.weights import load_released_weights
from models.training.checkpoints import AVERAGE_FILE, RANGES_FILE

pytestmark = pytest.mark.slow
QUICK_XLA = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
"""Compiles for half the time what runs for two steps."""
SMALL = ("--crop", 32, "--batch", 2, "--every", 2)

NO_CAMERA = partial(
    SyntheticCamera, CameraShares(parts=(0, 0, 1), white_probability=(0.0, 0.0, 1.0))
)
"""White noise alone. To trace the cameras takes longer than all else, so one run does it here, and
one with the other backend."""


@pytest.fixture(scope="module", autouse=True)
def little_work() -> Iterator[None]:
    """Small blocks and few crops, and graphs that run twice are not optimized first."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quantize_aware, "SyntheticCamera", NO_CAMERA)
        patch.setattr(export, "BLOCK_PX", 64)
        patch.setattr(quantize_aware, "CALIBRATION_CROPS", 6)
        patch.setattr(quantize_aware, "FITTING_CROPS", 6)
        patch.setattr(quantize_aware, "HEAVY_CROPS", 2)
        tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
        yield
        tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": False})


def call(command: Callable[[Sequence[str]], None], *arguments: object) -> None:
    command([str(argument) for argument in arguments])


def log_of(run: Path) -> list[dict[str, str]]:
    with (run / "log.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def trained(photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was stopped after two steps."""
    run = tmp_path_factory.mktemp("trained") / "run"
    call(train.main, "--clean", photos, "--run", run, *SMALL, "--steps", 2, "--decay-steps", 1)
    return run


def test_training_resumes_where_it_stopped_and_exports(
    photos: Path, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = copytree(trained, tmp_path / "run")
    monkeypatch.setattr(train, "SyntheticCamera", NO_CAMERA)
    call(train.main, "--clean", photos, "--run", run, *SMALL, "--steps", 6, "--decay-steps", 1)
    rows = log_of(run)
    assert [row["step"] for row in rows] == ["2", "4", "6"]
    assert all(float(row["residual_std"]) > 0 for row in rows)
    settings = json.loads((run / "settings.json").read_text())
    assert settings["clean"] == [str(photos)]
    assert export.training_record(run) == {
        "steps": 6,
        "crops": [32],
        "batch": 2,
        "learning_rate": 1e-3,
        "ema": 0.999,
        "decay_steps": 1,
        "seed": 0,
    }

    output = tmp_path / "exported"
    calibration = ("--calibration", photos, "--calibration-blocks", 1)
    call(export.main, "--run", run, *calibration, "--output", output)
    assert sorted(path.name for path in output.iterdir()) == [
        f"litedenoisenet-{precision}.{suffix}"
        for precision in ("fp16", "fp32", "int16x8", "int8")
        for suffix in ("json", "tflite")
    ]


def test_settings_of_an_earlier_version_are_not_exported(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text('{"crop": "128"}')
    with pytest.raises(ValueError, match="once more"):
        export.training_record(tmp_path)


def test_own_pairs_start_from_the_released_weights(pairs: Path, tmp_path: Path) -> None:
    call(train_pairs.main, "--pairs", pairs, "--run", tmp_path / "run", *SMALL, "--steps", 2)
    (row,) = log_of(tmp_path / "run")
    assert float(row["psnr"]) > float(row["psnr_noisy"])
    # What the export wants to know of a run is there, too.
    assert export.training_record(tmp_path / "run")["steps"] == 2


def test_weights_are_trained_on_for_int8(pairs: Path, tmp_path: Path) -> None:
    weights = build_litedenoisenet()
    load_released_weights(weights, train_pairs.RELEASED)
    (tmp_path / "run").mkdir()
    weights.save_weights(tmp_path / "run" / AVERAGE_FILE)
    small = ("--clean", pairs / "clean", *SMALL, "--steps", 2)
    call(quantize_aware.main, "--from", tmp_path / "run", *small, "--run", tmp_path / "int8")
    (row,) = log_of(tmp_path / "int8")
    assert float(row["psnr"]) > float(row["psnr_noisy"]) - 1
    before = weights.get_weights()
    weights.load_weights(tmp_path / "int8" / AVERAGE_FILE)
    assert any(np.any(old != new) for old, new in zip(before, weights.get_weights(), strict=True))
    assert export.training_record(tmp_path / "int8")["steps"] == 2

    start = ("--from", tmp_path / "run", "--init", tmp_path / "int8")
    # The ranges are moved before the first step.
    untrained = (*small, "--steps", 0, "--run", tmp_path / "second")
    call(quantize_aware.main, *start, *untrained)
    first, second = (
        json.loads((tmp_path / run / RANGES_FILE).read_text()) for run in ("int8", "second")
    )
    assert first.keys() == second.keys()
    assert first != second
    for ranges in (first, second):  # int8 has one for all of a concatenation
        assert ranges["encoder0_relu"] == ranges["decoder1_relu"]


def test_kernels_alone_are_rounded_for_int16x8(pairs: Path, tmp_path: Path) -> None:
    weights = build_litedenoisenet()
    load_released_weights(weights, train_pairs.RELEASED)
    weights.save_weights(tmp_path / AVERAGE_FILE)
    small = ("--clean", pairs / "clean", *SMALL, "--steps", 2)
    run = tmp_path / "int16x8"
    call(quantize_aware.main, "--from", tmp_path, "--kernels-only", *small, "--run", run)
    (row,) = log_of(run)
    assert 0 < float(row["loss_teacher"]) < 0.05
    assert json.loads((run / RANGES_FILE).read_text()) == {}


def test_a_run_goes_on_with_another_backend(photos: Path, trained: Path, tmp_path: Path) -> None:
    run = copytree(trained, tmp_path / "run")
    # As on a GPU. A process has one backend.
    arguments = ("--clean", photos, "--run", run, *SMALL, "--steps", 4, "--bfloat16")
    finished = subprocess.run(
        [sys.executable, "-m", "models.train", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, "KERAS_BACKEND": "jax", "XLA_FLAGS": QUICK_XLA},
    )
    assert finished.returncode == 0, finished.stderr[-3000:]
    assert [row["step"] for row in log_of(run)] == ["2", "4"]
    assert all(float(row["psnr"]) > 0 for row in log_of(run))
