"""Statistics of noise whose answers are known."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut

from benchmarks.cameras import noise
from benchmarks.cameras.pictures import GAMMA


def test_statistics_of_gaussian_noise_in_linear_light() -> None:
    rng = np.random.default_rng(0)
    clean = np.full((256, 256, 3), 0.5 ** (1 / GAMMA))
    common = rng.normal(0, 0.03, (256, 256, 1))
    light = 0.5 + common + rng.normal(0, 0.04, clean.shape) - 0.01
    (found,) = noise.noise_statistics(light ** (1 / GAMMA), clean).values()
    assert found["linear shift"] == pytest.approx(-10, abs=0.5)
    assert found["shift"] < -1
    assert found["std"] == pytest.approx(50, rel=0.02)
    assert found["skew"] == pytest.approx(0, abs=0.05)
    assert found["kurtosis"] == pytest.approx(3, abs=0.1)
    assert found["RG"] == pytest.approx(0.36, abs=0.02)
    assert found["green 1"] == pytest.approx(0, abs=0.02)
    assert found["zeros"] == 0


def test_bands_without_noise_or_pixels_are_left_out() -> None:
    clean = np.full((64, 64, 3), 0.9)
    assert noise.noise_statistics(clean, clean) == {}


def test_pairs_and_cameras_stand_side_by_side(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(0)
    clean, pairs = tmp_path / "clean", tmp_path / "pairs"
    clean.mkdir()
    pairs.mkdir()
    face = astronaut()[:256, 128:384]
    Image.fromarray(face).save(clean / "face.png")
    noisy = np.clip(face + rng.normal(0, 20, face.shape), 0, 255).astype(np.uint8)
    Image.fromarray(noisy).save(pairs / "face_real.png")
    Image.fromarray(face).save(pairs / "face_mean.png")
    options = ["--pairs", str(pairs), "--clean", str(clean), "--count", "2"]
    assert noise.main(options) == 0
    tables = capsys.readouterr().out.split("\n\n")
    assert len(tables) == len(noise.BANDS) + 2
    assert all("phone camera" in table and "JPEG camera" in table for table in tables)
