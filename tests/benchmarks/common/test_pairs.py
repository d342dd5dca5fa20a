"""Which pictures belong together."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.common.pairs import pairs_across, pairs_in, read_rgb
from litedenoise_sdk.geometry import Size


def touch(folder: Path, *names: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).touch()
    return folder


def test_pairs_by_ending_in_any_case(tmp_path: Path) -> None:
    touch(tmp_path, "b_Real.JPG", "b_mean.JPG", "a_real.png", "a_mean.jpg", "LICENSE.txt")
    first, second = pairs_in(tmp_path)
    assert (first.name, first.noisy.name, first.clean.name) == ("a", "a_real.png", "a_mean.jpg")
    assert second.name == "b"


def test_pairs_across_folders(tmp_path: Path) -> None:
    noisy = touch(tmp_path / "noisy", "a.jpg", "b.jpg")
    clean = touch(tmp_path / "clean", "a.png", "b.webp")
    assert [pair.clean.name for pair in pairs_across(noisy, clean)] == ["a.png", "b.webp"]


def test_a_picture_without_partner_is_named(tmp_path: Path) -> None:
    touch(tmp_path, "a_real.png", "a_mean.png", "lonely_real.png")
    with pytest.raises(ValueError, match="lonely"):
        pairs_in(tmp_path)


def test_a_folder_without_pairs(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="_real"):
        pairs_in(tmp_path)


def test_pairs_of_different_sizes(tmp_path: Path) -> None:
    for name, size in (("a_real.png", (4, 4)), ("a_mean.png", (4, 5))):
        Image.new("RGB", size).save(tmp_path / name)
    with pytest.raises(ValueError, match="noisy is"):
        pairs_in(tmp_path)[0].load()


def test_middle_of_a_pair_under_a_name_of_its_own(tmp_path: Path) -> None:
    rows = np.arange(10, dtype=np.uint8)[:, None, None] + np.zeros((10, 8, 3), np.uint8)
    for name in ("a_real.png", "a_mean.png"):
        Image.fromarray(rows).save(tmp_path / name)
    pair = pairs_in(tmp_path)[0].cropped(Size(4, 6))
    noisy, clean = pair.load()
    assert pair.name == "a@4x6"
    assert noisy.shape == clean.shape == (4, 6, 3)
    assert noisy[:, 0, 0].tolist() == [3, 4, 5, 6]
    with pytest.raises(ValueError, match="smaller than the crop"):
        pairs_in(tmp_path)[0].cropped(Size(12, 4)).load()


def test_grey_pictures_are_read_as_rgb(tmp_path: Path) -> None:
    Image.new("L", (5, 4), 9).save(tmp_path / "grey.png")
    assert read_rgb(tmp_path / "grey.png").shape == (4, 5, 3)
