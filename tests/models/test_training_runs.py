"""Whole runs with tiny settings: they learn, stop, resume and export."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from models.export import training_record
from models.networks.student import build_litedenoisenet
from models.networks.weights import load_released_weights
from models.train_pairs import RELEASED
from models.training.checkpoints import AVERAGE_FILE, RANGES_FILE

pytestmark = pytest.mark.slow
QUICK_XLA = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
"""Compiles for half the time what runs for two steps."""


def run_module(module: str, *arguments: object, **environment: str) -> str:
    command = [sys.executable, "-m", module, *map(str, arguments)]
    finished = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **environment}
    )
    assert finished.returncode == 0, finished.stderr[-3000:]
    return finished.stdout


def log_of(run: Path) -> list[dict[str, str]]:
    with (run / "log.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_training_resumes_where_it_stopped_and_exports(photos: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    small = ("--clean", photos, "--run", run, "--crop", 32, "--batch", 2, "--every", 2)
    run_module("models.train", *small, "--steps", 2, "--decay-steps", 1)
    run_module("models.train", *small, "--steps", 6, "--decay-steps", 1)
    rows = log_of(run)
    assert [row["step"] for row in rows] == ["2", "4", "6"]
    assert all(float(row["residual_std"]) > 0 for row in rows)

    output = tmp_path / "exported"
    calibration = ("--calibration", photos, "--calibration-blocks", 2)
    run_module("models.export", "--run", run, *calibration, "--output", output)
    assert sorted(path.name for path in output.iterdir()) == [
        f"litedenoisenet-{precision}.{suffix}"
        for precision in ("fp16", "fp32", "int16x8", "int8")
        for suffix in ("json", "tflite")
    ]


def test_own_pairs_start_from_the_released_weights(pairs: Path, tmp_path: Path) -> None:
    small = ("--pairs", pairs, "--crop", 32, "--batch", 2, "--every", 2, "--steps", 2)
    run_module("models.train_pairs", *small, "--run", tmp_path / "run")
    (row,) = log_of(tmp_path / "run")
    assert float(row["psnr"]) > float(row["psnr_noisy"])
    # What the export wants to know of a run is there, too.
    assert training_record(tmp_path / "run")["steps"] == 2


def test_weights_are_trained_on_for_int8(pairs: Path, tmp_path: Path) -> None:
    weights = build_litedenoisenet()
    load_released_weights(weights, RELEASED)
    (tmp_path / "run").mkdir()
    weights.save_weights(tmp_path / "run" / AVERAGE_FILE)
    small = ("--clean", pairs / "clean", "--crop", 32, "--batch", 2, "--every", 2, "--steps", 2)
    run_module(
        "models.quantize_aware", "--from", tmp_path / "run", *small, "--run", tmp_path / "int8"
    )
    (row,) = log_of(tmp_path / "int8")
    assert float(row["psnr"]) > float(row["psnr_noisy"]) - 1
    before = weights.get_weights()
    weights.load_weights(tmp_path / "int8" / AVERAGE_FILE)
    assert any(np.any(old != new) for old, new in zip(before, weights.get_weights(), strict=True))
    assert training_record(tmp_path / "int8")["steps"] == 2

    start = ("--from", tmp_path / "run", "--init", tmp_path / "int8")
    run_module("models.quantize_aware", *start, *small, "--run", tmp_path / "second")
    first, second = (
        json.loads((tmp_path / run / RANGES_FILE).read_text()) for run in ("int8", "second")
    )
    assert first.keys() == second.keys()
    assert first != second
    for ranges in (first, second):  # int8 has one for all of a concatenation
        assert ranges["encoder0_relu"] == ranges["decoder1_relu"]


def test_kernels_alone_are_rounded_for_int16x8(pairs: Path, tmp_path: Path) -> None:
    weights = build_litedenoisenet()
    load_released_weights(weights, RELEASED)
    weights.save_weights(tmp_path / AVERAGE_FILE)
    small = ("--clean", pairs / "clean", "--crop", 32, "--batch", 2, "--every", 2, "--steps", 2)
    run = tmp_path / "int16x8"
    run_module("models.quantize_aware", "--from", tmp_path, "--kernels-only", *small, "--run", run)
    (row,) = log_of(run)
    assert 0 < float(row["loss_teacher"]) < 0.05
    assert json.loads((run / RANGES_FILE).read_text()) == {}


def test_a_run_goes_on_with_another_backend(pairs: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    small = ("--clean", pairs / "clean", "--run", run, "--crop", 32, "--batch", 2, "--every", 2)
    run_module("models.train", *small, "--steps", 2)
    # As on a GPU.
    run_module(
        "models.train", *small, "--steps", 4, "--bfloat16", KERAS_BACKEND="jax", XLA_FLAGS=QUICK_XLA
    )
    assert [row["step"] for row in log_of(run)] == ["2", "4"]
    assert all(float(row["psnr"]) > 0 for row in log_of(run))
