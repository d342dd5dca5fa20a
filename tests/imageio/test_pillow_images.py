"""Pillow's images come back as Pillow's images, in the modes that it has."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from litedenoise_sdk.errors import ImageTooLarge, UnreadableImage, UnsupportedImage
from litedenoise_sdk.imageio import open_image
from tests.imageio.imageio_files import (
    SRGB,
    denoised,
    exif_block,
    jpeg,
    noise,
    pillow_png,
    smooth,
    tiff,
)


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_pillow_images_of_the_common_modes(mode: str) -> None:
    image = Image.fromarray(noise((7, 9, 4))).convert(mode)
    image.info["icc_profile"] = SRGB
    before = np.asarray(image).copy()
    photo, restore = open_image(image)
    result = restore(denoised(photo.pixels))
    assert isinstance(result, Image.Image)
    assert result.mode == mode
    assert result.size == (9, 7)
    assert result.info["icc_profile"] == SRGB
    after = np.asarray(result)
    if mode.endswith("A"):
        assert np.array_equal(after[..., -1], before[..., -1])
        after, before = after[..., :-1], before[..., :-1]
    assert np.array_equal(after, 255 - before)


@pytest.mark.parametrize(("mode", "dtype"), [("I;16", np.uint16), ("I", np.int32)])
def test_deep_grey_pillow_images(mode: str, dtype: type) -> None:
    plane: Any = noise((7, 9), np.uint16).astype(dtype)
    photo, restore = open_image(Image.fromarray(plane))
    result = restore(denoised(photo.pixels))
    assert result.mode == mode
    assert np.array_equal(np.asarray(result), 65535 - plane)


def test_floating_point_pillow_images() -> None:
    plane = noise((7, 9), np.float32)
    photo, restore = open_image(Image.fromarray(plane))
    result = restore(denoised(photo.pixels))
    assert result.mode == "F"
    assert np.allclose(np.asarray(result), 1 - plane, atol=1e-6)
    with pytest.raises(UnsupportedImage, match="Divide by 255"):
        open_image(Image.fromarray(plane * 255))


def test_ycbcr_pillow_images_stay_so() -> None:
    image = Image.fromarray(smooth(20, 30)).convert("YCbCr")
    photo, restore = open_image(image)
    result = restore(photo.pixels.copy())
    assert result.mode == "YCbCr"
    assert abs(np.asarray(result).astype(int) - np.asarray(image)).max() <= 2


@pytest.mark.parametrize("transparency", [None, 3])
def test_palette_images_come_back_in_colour(transparency: int | None) -> None:
    image = Image.fromarray(noise((7, 9, 3))).quantize(8)
    if transparency is not None:
        image.info["transparency"] = transparency
    photo, restore = open_image(image)
    result = restore(photo.pixels.copy())
    assert result.mode == ("RGB" if transparency is None else "RGBA")
    assert "transparency" not in result.info
    assert np.array_equal(np.asarray(result), np.asarray(image.convert(result.mode)))


def test_cmyk_images_come_back_in_rgb() -> None:
    image = Image.fromarray(smooth(7, 9)).convert("CMYK")
    image.info["icc_profile"] = b"of the inks"
    photo, restore = open_image(image)
    result = restore(photo.pixels.copy())
    assert result.mode == "RGB"
    assert "icc_profile" not in result.info
    assert np.array_equal(np.asarray(result), smooth(7, 9))


@pytest.mark.parametrize("mode", ["1", "HSV", "LAB", "RGBa"])
def test_other_pillow_modes_are_refused(mode: str) -> None:
    with pytest.raises(UnsupportedImage, match=f"mode {mode} .*convert"):
        open_image(Image.new(mode, (4, 4)))


def test_integers_beyond_16_bits_are_refused() -> None:
    with pytest.raises(UnsupportedImage, match="70000"):
        open_image(Image.fromarray(np.full((2, 2), 70_000, np.int32)))


def test_pillow_animations_are_refused_but_one_frame_is_taken() -> None:
    frames = [Image.fromarray(noise((4, 4, 3), seed=seed)) for seed in range(3)]
    data = pillow_png(frames[0], save_all=True, append_images=frames[1:])
    with Image.open(io.BytesIO(data)) as image:
        with pytest.raises(UnsupportedImage, match="3 frames"):
            open_image(image)
        photo, _ = open_image(image.copy())
    assert np.array_equal(photo.pixels, np.asarray(frames[0]))


def test_pillow_images_with_a_damaged_file() -> None:
    data = jpeg(noise((64, 64, 3)))
    with Image.open(io.BytesIO(data[: len(data) // 2])) as image, pytest.raises(UnreadableImage):
        open_image(image)


def test_large_pillow_images_are_refused_before_they_are_loaded() -> None:
    with pytest.raises(ImageTooLarge):
        open_image(Image.new("L", (10, 10)), max_pixels=99)


def test_exif_of_pillow_images_keeps_its_bytes() -> None:
    exif = b"Exif\0\0" + exif_block(6)
    with Image.open(io.BytesIO(jpeg(smooth(20, 30), exif=exif))) as image:
        photo, restore = open_image(image)
        assert restore(photo.pixels.copy()).info["exif"] == exif
    with Image.open(io.BytesIO(tiff(smooth(20, 30), tiffinfo={315: "Somebody"}))) as image:
        photo, restore = open_image(image)
        assert restore(photo.pixels.copy()).getexif()[315] == "Somebody"
