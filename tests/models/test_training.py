"""Training end to end on a handful of small pictures: learns, stops, resumes, exports."""

import csv
import multiprocessing
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut, coffee

from models.training.crops import HEAVY_NOISE_STD, RandomCrops, load_photos, with_heavy_noise
from models.training.schedule import WarmupStableDecay


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photos")
    for name, picture in (("astronaut", astronaut()), ("coffee", coffee())):
        Image.fromarray(picture).resize((512, 512)).save(folder / f"{name}.png")
    return folder


def run_module(module: str, *arguments: object) -> str:
    command = [sys.executable, "-m", module, *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.mark.slow
def test_training_resumes_where_it_stopped_and_exports(photos: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    small = ("--clean", photos, "--run", run, "--crop", 32, "--batch", 2, "--every", 2)
    run_module("models.train", *small, "--steps", 2, "--decay-steps", 1)
    run_module("models.train", *small, "--steps", 6, "--decay-steps", 1)
    with (run / "log.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
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


def test_crops_are_seeded_and_go_on_after_an_epoch(photos: Path) -> None:
    pictures = load_photos([photos], min_side=64)

    def crops(first_batch: int) -> RandomCrops:
        return RandomCrops(
            pictures, size=64, batch_size=2, batches=3, first_batch=first_batch, seed=5
        )

    first = crops(0)
    (batch,) = first[0]
    assert batch.shape == (2, 64, 64, 3)
    assert batch.dtype == np.uint8
    np.testing.assert_array_equal(batch, crops(0)[0][0])
    first.on_epoch_end()
    np.testing.assert_array_equal(first[0][0], crops(3)[0][0])


def test_heavy_noise_is_seeded_and_stays_in_range() -> None:
    pictures = [np.full((1, 64, 64, 3), level, np.float32) for level in (0.0, 0.5)]
    black, grey = with_heavy_noise(pictures, seed=3)
    assert black.dtype == np.float32
    assert black.min() == 0
    assert grey.std() == pytest.approx(HEAVY_NOISE_STD[-1], rel=0.05)
    np.testing.assert_array_equal(grey, with_heavy_noise(pictures, seed=3)[1])


def test_crops_are_the_same_out_of_other_processes(photos: Path) -> None:
    pictures = load_photos([photos], min_side=64)
    crops = RandomCrops(pictures, size=64, batch_size=2, batches=3, seed=5, processes=2)
    assert (crops.workers, crops.use_multiprocessing) == (2, True)
    # Not forked, as Keras does it: that is no place for TensorFlow, which has no GPU here.
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        (batch,) = pool.apply(crops.__getitem__, (1,))
    np.testing.assert_array_equal(batch, crops[1][0])


def test_no_photos_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="--clean"):
        load_photos([tmp_path], min_side=64)


def test_the_learning_rate_warms_up_stays_and_decays() -> None:
    schedule = WarmupStableDecay(1e-3, warmup_steps=10, total_steps=100, decay_steps=20)
    rates = [float(schedule(step)) for step in (0, 9, 50, 80, 90, 100)]
    np.testing.assert_allclose(rates, [1e-4, 1e-3, 1e-3, 1e-3, 5e-4, 0], atol=1e-9)
