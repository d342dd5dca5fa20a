"""The before/after picture: what is where, at which size, and in which depth."""

import numpy as np
import pytest

from litedenoise_sdk.errors import UnsupportedImage
from litedenoise_sdk.imageio.side_by_side import Panel, side_by_side


def flat(shape: tuple[int, int], value: int) -> Panel:
    return Panel("flat", np.full((*shape, 3), value, np.uint8))


def share_of(picture: np.ndarray, value: int) -> int:
    return int((picture == value).all(axis=2).sum())


def test_small_pictures_are_shown_whole_and_enlarged() -> None:
    picture = side_by_side([flat((64, 96), 10), flat((64, 96), 200)])
    frame = 2 * (24 + 16) - 4
    assert share_of(picture, 10) == 64 * 96 - frame + 64 * 96
    assert share_of(picture, 200) == 64 * 96 - frame + 64 * 96
    assert picture.dtype == np.uint8


def test_large_pictures_are_cut_to_the_view() -> None:
    picture = side_by_side([flat((2000, 3000), 10)])
    assert picture.shape[0] < 1400
    assert picture.shape[1] < 700


def test_the_view_follows_the_centre_and_stays_inside() -> None:
    pixels = np.zeros((1000, 1200, 3), np.uint8)
    pixels[:3, :3] = 99
    assert share_of(side_by_side([Panel("a", pixels)]), 99) == 0
    at_corner = side_by_side([Panel("a", pixels)], centre=(0, 0))
    assert share_of(at_corner, 99) == 4 + 9 * 16  # the frame hides five of the nine


@pytest.mark.parametrize(("dtype", "peak"), [("uint8", 255), ("uint16", 65535), ("float32", 1)])
def test_every_depth_is_shown_alike(dtype: str, peak: float) -> None:
    ramp = np.repeat(np.linspace(0, 1, 32)[None, :, None], 3, axis=2).repeat(16, axis=0)
    pixels = ramp * peak if dtype == "float32" else np.rint(ramp * peak)
    expected = side_by_side([Panel("a", np.rint(ramp * 255).astype(np.uint8))])
    shown = side_by_side([Panel("a", pixels.astype(dtype))])
    assert np.abs(shown.astype(int) - expected).max() <= 1


def test_one_pixel() -> None:
    assert share_of(side_by_side([flat((1, 1), 7)]), 7) == 16  # the frame covers the 100 % view


def test_different_sizes_are_refused() -> None:
    with pytest.raises(UnsupportedImage, match="same size"):
        side_by_side([flat((8, 8), 0), flat((8, 9), 0)])
