"""What a cut does to a result, at a distance."""

import math

import numpy as np

from benchmarks.tiling.cut import measure, seen


def test_differences_count_beyond_the_halo_alone() -> None:
    whole = np.full((64, 32, 3), 100, np.uint8)
    cut = whole.copy()
    cut[40:] += 3
    assert seen(whole, cut, halo_px=24).psnr == math.inf
    nearer = seen(whole, cut, halo_px=16)
    assert nearer.largest == nearer.largest_flat == 3
    assert 30 < nearer.psnr < 60


def test_detail_is_not_flat() -> None:
    whole = np.random.default_rng(1).integers(0, 255, (64, 32, 3)).astype(np.uint8)
    cut = whole ^ np.uint8(1)
    found = seen(whole, cut, halo_px=16)
    assert (found.largest, found.largest_flat) == (1, 0)


def test_the_network_sees_a_cut_less_from_further_away() -> None:
    photo = np.random.default_rng(2).integers(90, 160, (512, 256, 3)).astype(np.uint8)
    found = measure("int8", [photo], [0, 144])
    assert found[0][0].largest > 0
    assert found[144][0].largest == 0
