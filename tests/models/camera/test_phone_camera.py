"""The phone camera against the statistics of smartphones' raw-rendered pictures.

The bounds are those of real pairs in the dark at ISO 3200 and in good light at ISO 10000, widened
to what one scene with other colours gives.
"""

from collections.abc import Mapping

import keras
import numpy as np
import pytest
from skimage.data import astronaut

from benchmarks.cameras.noise import noise_statistics
from models.camera import PhoneCamera, PhoneSettings
from models.camera.colour import change_colours, colour_matrices
from models.camera.poisson import poisson

USUAL = PhoneSettings(
    red_gain=(1.9, 1.9), blue_gain=(1.9, 1.9), tint=(0, 0), gamma=(2.2, 2.2), read_noise=(0.2, 0.2),
    optical_blur=(0.5, 0.5), defocus_probability=0, flare_probability=1, flare_root=(0.08, 0.08),
    flare_tint=(0, 0),
    matrix_strength=((0.1, 0.1), (0.35, 0.35), (0.1, 0.1)),
    matrix_share=((0.7, 0.7), (0.5, 0.5), (0.3, 0.3)), light_probability=0, exposures_apart=(0, 0),
)  # fmt: skip


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    pixels: np.ndarray = astronaut()[None]
    return (pixels / 255).astype(np.float32)


def statistics(photo: np.ndarray, settings: PhoneSettings) -> Mapping[str, Mapping[str, float]]:
    noisy, clean = (np.asarray(image, np.float64)[0] for image in PhoneCamera(settings)(photo))
    return noise_statistics(np.round(noisy * 255) / 255, clean)


def changed(**values: object) -> PhoneSettings:
    return PhoneSettings(**{**vars(USUAL), **values})


def test_dim_scenes_are_noisy_and_dark_as_on_phones(photo: np.ndarray) -> None:
    found = statistics(photo, changed(shot_gain_root=(0.17, 0.17), exposure_stops=(-3.5, -3.5)))
    dark = found["dark"]
    assert -11 < dark["shift"] < -2
    assert 0 < dark["linear shift"] < 8
    assert 1.2 < dark["skew"] < 2.6
    assert 5 < dark["kurtosis"] < 12
    assert 0.2 < dark["zeros"] < 0.5


def test_bright_scenes_lose_no_light(photo: np.ndarray) -> None:
    found = statistics(photo, changed(shot_gain_root=(0.15, 0.15), exposure_stops=(-0.5, -0.5)))
    bright = found["bright"]
    assert 80 < bright["std"] < 200
    assert abs(bright["linear shift"]) < 6
    assert abs(bright["skew"]) < 0.4
    assert bright["kurtosis"] == pytest.approx(3, abs=0.5)
    assert bright["zeros"] < 0.02


def test_the_grain_is_that_of_a_balanced_mosaic(photo: np.ndarray) -> None:
    found = statistics(photo, changed(shot_gain_root=(0.1, 0.1), exposure_stops=(-1, -1)))["mid"]
    assert 0.2 < found["green 1"] < 0.45
    assert 0.4 < found["red, blue 1"] < 0.62
    assert -0.1 < found["green 2"] < 0.12
    assert all(0.05 < found[colours] < 0.65 for colours in ("RG", "GB", "RB"))


def test_without_noise_both_are_the_same_picture(photo: np.ndarray) -> None:
    quiet = changed(shot_gain_root=(0, 0), read_noise=(0, 0), exposure_stops=(-2, -2))
    noisy, clean = map(np.asarray, PhoneCamera(quiet)(photo[:, :64, :64]))
    np.testing.assert_allclose(noisy, clean, atol=1e-3)


def test_references_are_as_soft_as_a_mean_of_exposures(photo: np.ndarray) -> None:
    quiet = {"shot_gain_root": (0, 0), "read_noise": (0, 0), "exposure_stops": (-1, -1)}
    crop = photo[:, :128, 192:320]
    noisy, clean = map(np.asarray, PhoneCamera(changed(**quiet, exposures_apart=(0.3, 0.3)))(crop))
    power = [np.abs(np.fft.fft2(image[0, ..., 1])[8, 8]) for image in (noisy, clean)]
    assert power[1] / power[0] == pytest.approx(0.94, abs=0.01)  # waves of 16 pixels
    assert abs((noisy - clean).mean()) < 1e-3


def test_the_least_iso_has_faint_noise(photo: np.ndarray) -> None:
    least = changed(light_probability=1, light_gain_root=(0.01, 0.01), exposure_stops=(-1, -1))
    found = statistics(photo, least)["mid"]
    assert 3 < found["std"] < 10  # thousandths, in linear light


@pytest.mark.parametrize("mean", [0.0, 0.05, 1.0, 7.9, 8.1, 40.0, 1e4])
def test_counts_are_poissons(mean: float) -> None:
    seed = keras.random.SeedGenerator(0)
    counts = np.asarray(poisson(np.full((400_000,), mean, np.float32), seed), np.float64)
    assert (counts >= 0).all()
    assert (counts == np.rint(counts)).all()
    assert counts.mean() == pytest.approx(mean, rel=0.02, abs=1e-9)
    assert counts.var() == pytest.approx(mean, rel=0.03, abs=1e-9)
    if 0 < mean < 100:
        skew = ((counts - counts.mean()) ** 3).mean() / counts.std() ** 3
        assert skew == pytest.approx(mean**-0.5, rel=0.15)
        assert (counts == 0).mean() == pytest.approx(np.exp(-mean), abs=2e-3)


def test_colour_matrices_leave_grey_alone_and_can_be_undone() -> None:
    rng = np.random.default_rng(0)
    strength, share = rng.random((2, 4, 1, 1, 3)).astype(np.float32)
    matrices = np.asarray(colour_matrices(0.8 * strength, share))
    np.testing.assert_allclose(matrices.sum(-1), 1, atol=1e-5)
    pixels = rng.random((4, 8, 8, 3)).astype(np.float32)
    back = change_colours(change_colours(pixels, matrices), np.linalg.inv(matrices))
    np.testing.assert_allclose(back, pixels, atol=1e-4)
