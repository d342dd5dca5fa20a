"""Whole runs with tiny settings: own pairs."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut

from models.export import training_record


def run_module(module: str, *arguments: object) -> str:
    return run_python("-m", module, *arguments)


def run_python(*arguments: object, **environment: str) -> str:
    command = [sys.executable, *map(str, arguments)]
    finished = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **environment}
    )
    assert finished.returncode == 0, finished.stderr[-3000:]
    return finished.stdout


def log_of(run: Path) -> list[dict[str, str]]:
    with (run / "log.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pairs")
    clean = astronaut()[:96, 180:276]
    noisy = np.clip(clean + np.random.default_rng(0).normal(0, 10, clean.shape), 0, 255)
    for name, picture in (("noisy", noisy.astype(np.uint8)), ("clean", clean)):
        (folder / name).mkdir()
        Image.fromarray(picture).save(folder / name / "face.png")
    return folder


def test_own_pairs_start_from_the_released_weights(pairs: Path, tmp_path: Path) -> None:
    small = ("--pairs", pairs, "--crop", 32, "--batch", 2, "--every", 2, "--steps", 2)
    run_module("models.train_pairs", *small, "--run", tmp_path / "run")
    (row,) = log_of(tmp_path / "run")
    assert float(row["psnr"]) > float(row["psnr_noisy"])
    # What the export wants to know of a run is there, too.
    assert training_record(tmp_path / "run")["steps"] == 2
