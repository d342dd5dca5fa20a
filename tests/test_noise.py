"""The noise that is reported, against noise that is known."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from skimage.data import astronaut

from litedenoise_sdk import Denoiser
from litedenoise_sdk.cli.main import main
from litedenoise_sdk.geometry import Box, Size
from litedenoise_sdk.noise import CLEAN_BELOW, NoiseMeter, RemovedNoise


def removed_noise(noisy: NDArray[Any], denoised: NDArray[Any], rows: int = 1000) -> RemovedNoise:
    """Measured in parts of so many rows."""
    height, width = noisy.shape[:2]
    meter = NoiseMeter(Size(height, width))
    for top in range(0, height, rows):
        part = Box(top, 0, min(top + rows, height), width)
        meter.add(part, noisy[part.slices], denoised[part.slices])
    return meter.removed()


@pytest.mark.parametrize(("dtype", "scale"), [("uint8", 1), ("uint16", 257), ("float32", 1 / 255)])
def test_luma_and_chroma_are_told_apart(dtype: str, scale: float) -> None:
    rng = np.random.default_rng(0)
    clean = np.full((300, 400, 3), 120.0)
    grey, red = rng.normal(0, 4, (300, 400, 1)), rng.normal(0, 6, (300, 400))
    noisy = clean + grey
    found = removed_noise((noisy * scale).astype(dtype), (clean * scale).astype(dtype))
    assert found.luma == pytest.approx(4, rel=0.03)
    assert found.chroma < 0.5
    noisy[..., 0] += red
    found = removed_noise((noisy * scale).astype(dtype), (clean * scale).astype(dtype))
    assert found.luma == pytest.approx(np.hypot(4, 0.299 * 6), rel=0.03)
    assert found.chroma == pytest.approx(6 * np.sqrt((0.701**2 + 2 * 0.299**2) / 3), rel=0.03)


def test_bands_of_brightness_and_large_photos() -> None:
    rng = np.random.default_rng(0)
    clean = np.repeat(np.repeat([[20], [150]], 1200, axis=0), 1100, axis=1)[..., None]
    clean = np.repeat(clean, 3, axis=2)
    noisy = clean + rng.normal(0, 1, (2400, 1100, 1)) * np.where(clean < 64, 8, 2)
    noisy = np.clip(np.rint(noisy), 0, 255).astype(np.uint8)
    found = removed_noise(noisy, clean.astype(np.uint8))
    dark, dim, bright, brightest = found.by_brightness
    assert dim is None
    assert brightest is None
    assert dark is not None
    assert bright is not None
    assert dark.luma == pytest.approx(8, rel=0.05)
    assert bright.luma == pytest.approx(2, rel=0.05)
    in_parts = removed_noise(noisy, clean.astype(np.uint8), rows=7)
    assert in_parts.luma == pytest.approx(found.luma, rel=1e-6)
    assert in_parts.chroma == pytest.approx(found.chroma, abs=1e-4)


def test_a_mean_shift_is_no_noise() -> None:
    picture = np.full((64, 64, 3), 100, np.uint8)
    found = removed_noise(picture, picture + np.uint8(5))
    assert found.luma == pytest.approx(0, abs=1e-3)
    assert found.is_clean


def test_a_photo_tells_its_noise_and_a_clean_one_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Reduced, the portrait has lost its film's grain.
    clean = np.array(Image.fromarray(astronaut()).reduce(2))[:192]
    noisy = clean + np.random.default_rng(0).normal(0, 12, clean.shape)
    noisy = np.clip(noisy, 0, 255).astype(np.uint8)
    for name, picture in (("clean", clean), ("noisy", noisy)):
        Image.fromarray(picture).save(tmp_path / f"{name}.png")
    with Denoiser(delegate="cpu") as denoiser:
        report = denoiser.denoise_file(tmp_path / "noisy.png", tmp_path / "a.png")
        assert report.noise is not None
        assert 2 < report.noise.luma < 12
        assert denoiser.restore(noisy).noise == report.noise
        left = denoiser.denoise_file(tmp_path / "clean.png", tmp_path / "b.png", skip_clean=True)
    assert left.noise is not None
    assert max(left.noise.luma, left.noise.chroma) < CLEAN_BELOW
    assert left.target is None
    assert not (tmp_path / "b.png").exists()
    sources = [str(tmp_path / "clean.png"), str(tmp_path / "noisy.png")]
    assert main(["denoise", *sources, "-o", str(tmp_path / "out"), "--skip-clean"]) == 0
    out = capsys.readouterr().out
    assert "clean already, nothing written" in out
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["noisy.png"]
