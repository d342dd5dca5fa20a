"""PSNR on pairs of photographs, while a network trains."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from models.training.validation import MOST_PAIRS, mean_psnr, validation_sets


def save(folder: Path, name: str, mark: str, level: int) -> None:
    Image.new("RGB", (40, 33), (level, level, level)).save(folder / f"{name}_{mark}.png")


def test_the_mean_over_pictures_in_whole_levels(tmp_path: Path) -> None:
    for name, noisy in (("a", 104), ("b", 116)):
        save(tmp_path, name, "real", noisy)
        save(tmp_path, name, "mean", 100)
    seen = []

    def network(noisy: Any, training: bool) -> Any:
        seen.append(noisy.shape)
        return noisy + 0.4 / 255  # less than half a level

    (pairs,) = validation_sets([tmp_path]).values()
    errors = np.array([4.0, 16.0])
    expected = np.mean(10 * np.log10(255**2 / errors**2))
    assert mean_psnr(network, pairs) == pytest.approx(expected)
    assert seen == [(1, 32, 32, 3)] * 2  # multiples of 16


def test_of_many_pairs_some_are_taken_evenly(tmp_path: Path) -> None:
    for number in range(2 * MOST_PAIRS):
        (tmp_path / f"{number:03}_real.png").touch()
    (pairs,) = validation_sets([tmp_path]).values()
    assert [noisy.name[:3] for noisy, _ in pairs] == [f"{number:03}" for number in range(0, 40, 2)]
    assert pairs[1][1].name == "002_mean.png"
