import numpy as np
import pytest

from models.training.patterns import _KINDS, _checks, with_pattern


def test_patterns_are_pictures_with_fine_colours() -> None:
    rng = np.random.default_rng(0)
    grey = np.full((128, 128, 3), 128, np.uint8)
    found = [with_pattern(grey, rng) for _ in range(60)]
    assert all(one.shape == grey.shape and one.dtype == np.uint8 for one in found)
    colourful = np.array([np.ptp(one, axis=2).mean() for one in found])
    assert np.median(colourful) > 20
    assert 0.1 < np.mean(colourful < 0.5) < 0.5, "some are grey"
    fine = [np.abs(np.diff(one.astype(int), axis=1)).mean() for one in found]
    assert np.median(fine) > 5


def test_some_cover_a_part_and_some_all() -> None:
    rng = np.random.default_rng(0)
    grey = np.full((128, 128, 3), 128, np.uint8)
    left = [(with_pattern(grey, rng) == 128).all(axis=2).mean() for _ in range(60)]
    assert 0.2 < np.mean(np.array(left) < 0.02) < 0.8
    assert np.mean(np.array(left) > 0.2) > 0.1


@pytest.mark.parametrize("kind", [*_KINDS, _checks], ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("side", [32, 128, 512])
def test_every_kind_has_any_size(kind: object, side: int) -> None:
    assert callable(kind)
    rng = np.random.default_rng(side)
    palette = rng.uniform(0, 255, (3, 3))
    for _ in range(3):
        assert kind(side, palette, rng).shape == (side, side, 3)


def test_the_finest_are_two_colours_that_repeat_within_four_pixels() -> None:
    rng = np.random.default_rng(0)
    palette = np.array([(0.0, 90.0, 255.0), (250.0, 90.0, 3.0)])
    for _ in range(20):
        found = _checks(32, palette, rng)
        assert len(np.unique(found.reshape(-1, 3), axis=0)) == 2
        np.testing.assert_array_equal(found[4:, 4:], found[:-4, :-4])
