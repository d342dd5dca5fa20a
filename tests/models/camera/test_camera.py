import io
from dataclasses import replace

import cv2
import keras
import numpy as np
import pytest
from PIL import Image
from scipy.stats import kurtosis
from skimage.data import astronaut

from models.camera import CameraShares, JpegCamera, JpegSettings, SyntheticCamera
from models.camera.filters import LUMA_WEIGHTS, gaussian_blur
from models.camera.jpeg import jpeg_round_trip
from models.camera.noise_reduction import reduce_noise
from models.camera.optics import through_lens
from models.camera.residue import blotches, smooth_noise
from models.camera.sensor import defects, demosaic, mosaic, read_noise, shot_noise, white_balanced

QUIET = JpegSettings(
    noise_std=(0, 0), heavy_probability=0, reduction_probability=0, jpeg_probability=0,
    misalignment_px=(0, 0), exposures_apart=(0, 0),
)  # fmt: skip


def uncaptured(white: float) -> CameraShares:
    """Pictures that no camera took, this share of them with white noise of 0.05."""
    return CameraShares(
        parts=(0, 0, 1),
        white_probability=(0, 0, white),
        white_std_root=(0.05**0.5, 0.05**0.5),
        equal_probability=0,
        grey_probability=0,
    )


def column(*values: float) -> np.ndarray:
    return np.array(values, np.float32).reshape(-1, 1, 1, 1)


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    pixels: np.ndarray = astronaut()[None, :256, :256]
    return (pixels / 255).astype(np.float32)


@pytest.mark.parametrize("level", [0.02, 0.2, 0.7])
def test_sensor_noise_has_the_variance_that_was_asked_for(level: float) -> None:
    raw = np.full((2, 256, 256, 1), level, np.float32)
    shot, read = column(0.01, 0.001), column(1e-4, 4e-4)
    seed = keras.random.SeedGenerator(0)
    noise = np.asarray(shot_noise(raw, shot, seed) + read_noise(raw, np.sqrt(read), seed))
    np.testing.assert_allclose(noise.var((1, 2, 3)), (shot * level + read).ravel(), rtol=0.03)
    np.testing.assert_allclose(noise.mean((1, 2, 3)), 0, atol=2e-3)


def test_row_noise_is_common_to_a_row() -> None:
    raw = np.zeros((1, 512, 64, 1), np.float32)
    seed = keras.random.SeedGenerator(0)
    noise = np.asarray(defects(raw, column(0.1), column(0), 0.0, seed))
    assert np.ptp(noise, axis=2).max() == 0
    assert noise.std() == pytest.approx(0.1, rel=0.1)


def test_hot_pixels_come_at_the_rate_that_was_asked_for() -> None:
    raw = np.zeros((1, 512, 512, 1), np.float32)
    seed = keras.random.SeedGenerator(0)
    noise = np.asarray(defects(raw, column(0), column(0.1), 1e-3, seed))
    assert (noise > 0.055).mean() == pytest.approx(1e-3, rel=0.2)


def test_demosaicing_gives_back_smooth_colours() -> None:
    rows, columns = np.mgrid[0:64, 0:64] / 64
    ramp = np.stack([rows, columns, 1 - rows], -1)[None].astype(np.float32)
    inner = np.s_[:, 4:-4, 4:-4]
    np.testing.assert_allclose(np.asarray(demosaic(mosaic(ramp)))[inner], ramp[inner], atol=1e-5)


def test_the_blur_is_opencvs(photo: np.ndarray) -> None:
    expected = cv2.GaussianBlur(photo[0], (11, 11), 2.0, borderType=cv2.BORDER_REFLECT_101)
    np.testing.assert_allclose(np.asarray(gaussian_blur(photo, 2.0))[0], expected, atol=1e-4)


def test_a_perfect_lens_changes_nothing(photo: np.ndarray) -> None:
    seed = keras.random.SeedGenerator(0)
    np.testing.assert_allclose(through_lens(photo, column(0), column(0), seed), photo, atol=1e-6)


def test_parts_are_out_of_focus_and_the_rest_stays_sharp() -> None:
    checks = np.indices((128, 128)).sum(0)[None, ..., None] % 2 * np.ones((16, 1, 1, 3), np.float32)
    seed = keras.random.SeedGenerator(0)
    seen = np.asarray(through_lens(checks.astype(np.float32), column(0), column(1), seed))
    contrast = np.abs(np.diff(seen[..., 0], axis=1))
    soft, sharp = (contrast < 0.05).mean((1, 2)), (contrast > 0.95).mean((1, 2))
    assert soft.max() > 0.9
    assert sharp.max() > 0.9
    assert ((soft > 0.1) & (sharp > 0.1)).any()
    assert seen.mean() == pytest.approx(0.5, abs=1e-3)


@pytest.mark.parametrize("quality", [50, 84, 95])
@pytest.mark.parametrize("subsample", [0, 1])
def test_jpeg_equals_a_real_encoder(photo: np.ndarray, quality: int, subsample: int) -> None:
    ours = np.asarray(jpeg_round_trip(photo, column(quality), column(subsample)))[0] * 255
    file = io.BytesIO()
    pixels = Image.fromarray((photo[0] * 255).round().astype(np.uint8))
    pixels.save(file, "JPEG", quality=quality, subsampling=2 * subsample)
    theirs = np.asarray(Image.open(file), np.float32)
    loss = np.sqrt(np.mean((theirs - photo[0] * 255) ** 2))
    difference = np.sqrt(np.mean((ours - theirs) ** 2))
    assert difference < 0.35 * loss + 0.6


def test_blocks_of_a_cut_jpeg_begin_anywhere(photo: np.ndarray) -> None:
    quality, subsample = column(60), column(1)
    moved = np.roll(photo, (-5, -11), axis=(1, 2))
    expected = np.roll(np.asarray(jpeg_round_trip(moved, quality, subsample)), (5, 11), axis=(1, 2))
    offset = np.array([5, 11], np.float32)
    found = np.asarray(jpeg_round_trip(photo, quality, subsample, offset))
    np.testing.assert_array_equal(found, expected)
    assert np.abs(found - np.asarray(jpeg_round_trip(photo, quality, subsample))).max() > 0.02


def test_in_camera_noise_reduction_leaves_blotches(photo: np.ndarray) -> None:
    noise = np.random.default_rng(0).normal(0, 0.03, photo.shape).astype(np.float32)
    flat = np.full_like(photo, 0.5)
    one, none = column(1), column(0)
    left = np.asarray(smooth_noise(noise, flat, one, one, one, one, none, one, none, none))[0]
    luma = left @ LUMA_WEIGHTS
    chroma = left[..., 0] - luma
    assert neighbour_correlation(noise[0, ..., 0]) < 0.05
    assert 0.5 < neighbour_correlation(luma) < 0.95
    assert neighbour_correlation(chroma) > 0.9


def test_cleaned_flat_areas_keep_less_noise_than_edges() -> None:
    noise = np.random.default_rng(0).normal(0, 0.03, (1, 128, 128, 3)).astype(np.float32)
    scene = np.full_like(noise, 0.5)
    scene[:, :, 64:] = np.indices((128, 64)).sum(0)[None, ..., None] % 2
    one, none = column(1), column(0)
    left = np.asarray(smooth_noise(noise, scene, one, one, one, one, none, none, one, one))[0]
    luma = left @ LUMA_WEIGHTS
    chroma = left[..., 0] - luma
    for part in (luma, chroma):
        assert part[:, :48].std() < 0.1 * part[:, 80:].std()


def test_coring_leaves_large_deviations_rather_than_small_ones() -> None:
    noise = np.random.default_rng(0).normal(0, 0.03, (1, 128, 128, 3)).astype(np.float32)
    flat, one, none = np.full_like(noise, 0.5), column(1), column(0)

    def luma_left(coring: float) -> np.ndarray:
        left = smooth_noise(noise, flat, one, one, one, one, coring * one, none, none, none)
        luma: np.ndarray = np.asarray(left)[0] @ LUMA_WEIGHTS
        return luma.ravel()

    gaussian, cored = luma_left(0.0), luma_left(0.4)
    assert cored.std() == pytest.approx(gaussian.std(), rel=0.02)
    assert kurtosis(gaussian) < 0.5
    assert kurtosis(cored) > 1.5


@pytest.mark.parametrize("of_luma", [False, True])
def test_blotches_are_wide_and_stronger_in_the_dark(of_luma: bool) -> None:
    pictures = np.concatenate([np.zeros((1, 512, 512, 3)), np.ones((1, 512, 512, 3))])
    seed = keras.random.SeedGenerator(0)
    pictures = pictures.astype(np.float32)
    some, none = column(0.02, 0.02), column(0, 0)
    chroma_std, luma_std = (none, some) if of_luma else (some, none)
    found = np.asarray(blotches(pictures, chroma_std, luma_std, seed))
    luma = (found @ LUMA_WEIGHTS)[..., None]
    assert np.abs(found - luma if of_luma else luma).max() < 1e-5
    dark, bright = found.std((1, 2, 3))
    assert dark == pytest.approx(2 * bright, rel=0.15)
    assert dark == pytest.approx(0.02, rel=0.5)
    assert neighbour_correlation(found[0, ..., 0], distance=8) > 0.3


def test_noise_reduction_smooths_noise_and_keeps_edges() -> None:
    scene = np.full((1, 64, 128, 3), 0.3, np.float32)
    scene[:, :, 64:] = 0.7
    noisy = scene + np.random.default_rng(0).normal(0, 0.02, scene.shape).astype(np.float32)
    one, none = column(1), column(0)
    left = np.asarray(reduce_noise(noisy, column(0.08), column(2), one, none, one))
    before, after = (picture[0, :, :56] @ LUMA_WEIGHTS for picture in (noisy, left))
    assert after.std() < 0.35 * before.std()
    edge = (left[0, :, 63:65] @ LUMA_WEIGHTS).mean(0)
    assert edge[1] - edge[0] > 0.35
    untouched = np.asarray(reduce_noise(noisy, column(0.08), column(2), none, none, none))
    np.testing.assert_allclose(untouched, noisy, atol=1e-6)


def test_references_are_independent_of_the_noise_they_are_there_to_remove(
    photo: np.ndarray,
) -> None:
    settings = JpegSettings(
        noise_std=(0.03, 0.03), heavy_probability=0, reduction_probability=1,
        blotch_probability=0, jpeg_probability=0,
    )  # fmt: skip
    crops = np.repeat(photo, 8, axis=0)
    noisy, clean = map(np.asarray, JpegCamera(settings, seed=0)(crops))
    noise = (noisy - clean).std((1, 2, 3))
    assert 0.005 < noise.min() < noise.max() < 0.05
    # Two exposures with opposite noise: what the filter leaves of it in the reference is little.
    high = clean - np.asarray(gaussian_blur(clean, 1.0))
    correlation = [
        np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in zip(noisy - clean, high, strict=True)
    ]
    assert abs(np.mean(correlation)) < 0.15


def test_a_misaligned_reference_keeps_its_place(photo: np.ndarray) -> None:
    moved = replace(QUIET, misalignment_px=(0.25, 0.25))
    noisy, clean = map(np.asarray, JpegCamera(moved, seed=0)(photo))
    assert np.abs(noisy - clean).mean() < 0.5 / 255


def test_noise_does_not_shift_colours() -> None:
    grey = np.full((8, 256, 256, 3), 0.35, np.float32)
    settings = JpegSettings(noise_std=(0.05, 0.05), heavy_probability=0, hot_pixel_rate=0)
    noisy, clean = map(np.asarray, JpegCamera(settings, seed=0)(grey))
    # Smoothed noise is so wide that a picture's own has a mean; a shift would be common to all.
    assert np.abs((noisy - clean).mean((0, 1, 2))).max() < 2.5e-3


def test_the_untouched_share_comes_as_it_is(photo: np.ndarray) -> None:
    noisy, clean = map(np.asarray, SyntheticCamera(uncaptured(white=0), seed=0)(photo))
    np.testing.assert_allclose(clean, photo, atol=1e-6)
    assert np.abs(noisy - photo).max() <= 0.5 / 255 + 1e-6


def test_the_white_share_has_independent_noise_and_nothing_else(photo: np.ndarray) -> None:
    grey = 0.25 + 0.5 * photo
    noisy, clean = map(np.asarray, SyntheticCamera(uncaptured(white=1), seed=0)(grey))
    np.testing.assert_allclose(clean, grey, atol=1e-6)
    noise = (noisy - clean)[0]
    assert noise.std() == pytest.approx(0.05, rel=0.02)
    neighbours = (noise[:-1, :, 0], noise[1:, :, 0], noise[:-1, :, 1])
    correlation = np.corrcoef([values.ravel() for values in neighbours])
    assert np.abs(correlation - np.eye(3)).max() < 0.02


def test_white_noise_may_be_equal_in_all_colours(photo: np.ndarray) -> None:
    grey = 0.25 + 0.5 * photo
    shares = replace(uncaptured(white=1), equal_probability=1)
    noisy, clean = map(np.asarray, SyntheticCamera(shares, seed=0)(grey))
    noise = noisy - clean
    assert noise.std() == pytest.approx(0.05, rel=0.02)
    assert np.ptp(noise, axis=3).max() <= 1 / 255 + 1e-6


def test_some_pairs_are_black_and_white(photo: np.ndarray) -> None:
    batch = np.repeat(photo[:, :64, :64], 64, axis=0)
    shares = CameraShares(parts=(0, 0, 1), white_probability=(0, 0, 1), grey_probability=0.5)
    noisy, clean = map(np.asarray, SyntheticCamera(shares, seed=0)(batch))
    grey_noisy, grey_clean = (
        np.ptp(pictures, axis=3).max((1, 2)) < 1e-5 for pictures in (noisy, clean)
    )
    np.testing.assert_array_equal(grey_noisy, grey_clean)
    assert 20 < grey_clean.sum() < 44
    np.testing.assert_allclose(
        clean[grey_clean][0, ..., 0], photo[0, :64, :64] @ LUMA_WEIGHTS, atol=1e-5
    )
    np.testing.assert_allclose(clean[~grey_clean][0], photo[0, :64, :64], atol=1e-5)
    assert (noisy - clean)[grey_clean].std() > 0.01


def test_a_batch_is_shared_out_between_the_cameras(photo: np.ndarray) -> None:
    shares = CameraShares(parts=(3, 3, 2), white_probability=(0, 0, 0), grey_probability=0)
    batch = np.repeat(photo[:, :64, :64], 8, axis=0)
    noisy, clean = map(np.asarray, SyntheticCamera(shares, seed=0)(batch))
    untouched = np.abs(clean - batch).max((1, 2, 3)) == 0
    assert untouched.tolist() == 6 * [False] + 2 * [True]
    assert np.abs(noisy[6:] - batch[6:]).max() <= 0.5 / 255 + 1e-6
    assert ((noisy - clean).std((1, 2, 3))[:6] > 1 / 255).all()


def test_white_balance_gives_each_pixel_its_colours_gain() -> None:
    rgb = np.random.default_rng(0).random((2, 8, 6, 3)).astype(np.float32)
    gains = np.array([[2, 1, 1.5], [1.2, 1, 3]], np.float32).reshape(2, 1, 1, 3)
    found = np.asarray(white_balanced(np.asarray(mosaic(rgb)), gains))
    np.testing.assert_allclose(found, np.asarray(mosaic(rgb * gains)), rtol=1e-6)


def test_without_noise_the_pair_is_equal_up_to_rounding(photo: np.ndarray) -> None:
    noisy, clean = map(np.asarray, JpegCamera(QUIET, seed=0)(photo))
    np.testing.assert_allclose(noisy, clean, atol=1e-4)


def test_the_whole_range_of_noise_is_covered(photo: np.ndarray) -> None:
    crops = np.repeat(photo[:, :64, :64], 256, axis=0)
    noisy, clean = map(np.asarray, JpegCamera(seed=0)(crops))
    levels = 255 * (noisy - clean).std((1, 2, 3))
    assert levels.min() < 3
    assert levels.max() > 12
    assert noisy.min() >= 0
    assert noisy.max() <= 1


def test_a_seed_fixes_the_result(photo: np.ndarray) -> None:
    batch = np.repeat(photo[:, :64, :64], 12, axis=0)
    first, second, other = (np.asarray(SyntheticCamera(seed=seed)(batch)[0]) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, second)
    assert np.abs(first - other).max() > 0


def neighbour_correlation(plane: np.ndarray, distance: int = 1) -> float:
    plane = plane - plane.mean()
    return float((plane[:, :-distance] * plane[:, distance:]).mean() / plane.var())
