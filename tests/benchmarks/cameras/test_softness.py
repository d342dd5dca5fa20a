import cv2
import numpy as np
import pytest
from skimage.data import astronaut

from benchmarks.cameras.softness import contrasts, softness_table


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    light: np.ndarray = (astronaut() / 255) ** 2.2
    return light


def displayed(light: np.ndarray) -> np.ndarray:
    shown: np.ndarray = np.clip(light, 0, 1) ** (1 / 2.2)
    return shown


def test_contrast_of_a_reference_that_is_softer_than_its_noisy_picture(photo: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    noisy = displayed(photo + rng.normal(0, 0.005, photo.shape))
    found = contrasts(noisy, displayed(cv2.GaussianBlur(photo, None, 0.7)))
    # A Gaussian's own at the middle of each part: exp(-2 pi^2 0.7^2 f^2)
    assert found == pytest.approx([0.94, 0.86, 0.72, 0.62], abs=0.05)
    assert contrasts(noisy, displayed(photo)) == pytest.approx([1, 1, 1, 1], abs=0.05)


def test_what_is_too_noisy_is_not_told(photo: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    found = contrasts(displayed(0.5 + rng.normal(0, 0.2, photo.shape)), displayed(photo))
    assert found == [None] * 4
    table = softness_table({"camera": [found, [1.0, 0.9, 0.8, None]], "none": []})
    lines = [line.split(" | ") for line in table.splitlines()]
    assert lines[0][0].strip("| ") == "contrast of the reference"
    assert lines[3] == ["| waves of 10 to 6.7 pixels", "0.90 / 0.90 / 0.90", "-    |"]
