"""Random crops of clean photographs."""

import multiprocessing
from pathlib import Path

import numpy as np
import pytest

from models.training.crops import HEAVY_NOISE_STD, RandomCrops, load_photos, with_heavy_noise


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


def test_the_last_crops_of_a_batch_are_never_enlarged() -> None:
    checkerboard = np.indices((100, 100)).sum(0) % 2 * 255  # too small to be reduced
    photo = np.repeat(checkerboard.astype(np.uint8)[..., None], 3, axis=-1)

    def contrasts(sharp: int) -> list[float]:
        crops = RandomCrops([photo], size=64, batch_size=8, batches=1, seed=5, sharp=sharp)
        return [float(crop.std()) for crop in crops[0][0]]

    enlarged = contrasts(0)
    np.testing.assert_array_equal(contrasts(4)[:4], enlarged[:4])
    assert np.mean(contrasts(4)[4:]) > np.mean(enlarged)


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


def test_sharp_crops_show_patterns_more_often() -> None:
    photo = np.full((64, 64, 3), 128, np.uint8)

    def changed(sharp: int) -> float:
        crops = RandomCrops([photo], size=64, batch_size=200, batches=1, seed=5, sharp=sharp)
        return float(np.mean([np.ptp(crop) > 60 for crop in crops[0][0]]))

    assert changed(200) > 1.5 * changed(0)
