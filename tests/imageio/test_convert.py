"""Everything the API takes comes back as the kind it was."""

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from litedenoise_sdk.errors import ImageError, UnreadableImage, UnsupportedImage
from litedenoise_sdk.imageio import decode, encode, open_image
from tests.imageio.imageio_files import (
    SRGB,
    denoised,
    exif_block,
    jpeg,
    noise,
    pillow_png,
    png,
    smooth,
)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize(
    "shape", [(7, 9, 3), (7, 9, 4), (7, 9, 1), (7, 9), (1, 1, 3), (1, 9, 3), (9, 1)]
)
def test_arrays(shape: tuple[int, ...], dtype: type) -> None:
    array = noise(shape, dtype)
    before = array.copy()
    photo, restore = open_image(array)
    assert photo.pixels.shape == (*shape[:2], 3)
    result = restore(denoised(photo.pixels))
    assert result.shape == shape
    assert result.dtype == dtype
    colours = slice(None, 3) if shape[2:] == (4,) else slice(None)
    assert np.array_equal(result[..., colours], denoised(before)[..., colours])
    if shape[2:] == (4,):
        assert np.array_equal(result[..., 3], before[..., 3])
    assert np.array_equal(array, before)


def test_arrays_are_seen_and_not_copied() -> None:
    for shape in ((7, 9, 3), (7, 9, 4), (7, 9)):
        array = noise(shape)
        photo, _ = open_image(array)
        assert np.shares_memory(photo.pixels, array)


def test_views_and_foreign_byte_orders() -> None:
    array = noise((9, 12, 3), np.uint16)
    for view in (array[::-1, ::2, ::-1], array.astype(">u2"), np.asfortranarray(array)):
        photo, restore = open_image(view)
        result = restore(denoised(photo.pixels))
        assert result.dtype == view.dtype
        assert np.array_equal(result, 65535 - view)


def test_grey_is_the_mean_of_the_channels() -> None:
    photo, restore = open_image(np.zeros((1, 2), np.uint8))
    pixels = np.array([[[10, 20, 33], [1, 1, 3]]], np.uint8)
    assert restore(pixels).tolist() == [[21, 2]]
    assert photo.grey


def test_result_of_another_shape_or_depth_is_refused(tmp_path: Path) -> None:
    photo, _ = open_image(noise((7, 9, 3)))
    for wrong in (noise((7, 9, 3), np.uint16), noise((9, 7, 3))):
        with pytest.raises(ValueError, match="the photo's own"):
            photo.with_pixels(wrong)


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.zeros((3, 7, 9), np.uint8), "transpose"),
        (np.zeros((1, 7, 9, 3), np.uint8), "one by one"),
        (np.zeros((7, 9, 2), np.uint8), r"\(7, 9, 2\)"),
        (np.zeros(9, np.uint8), r"\(9,\)"),
        (np.zeros((0, 9, 3), np.uint8), "at least one pixel"),
        (np.zeros((7, 9, 3)), "float32"),
        (np.zeros((7, 9, 3), np.float16), "float32"),
        (np.zeros((7, 9, 3), np.int32), "uint16"),
        (np.zeros((7, 9, 3), bool), "bilevel"),
        (np.array([["a"]]), "uint8"),
        (np.full((7, 9, 3), np.nan, np.float32), "nan_to_num"),
        (np.full((7, 9, 3), np.inf, np.float32), "nan_to_num"),
        (np.full((7, 9, 3), 200, np.float32), "Divide by 255"),
        (np.full((7, 9, 3), -0.5, np.float32), "clip"),
    ],
)
def test_arrays_that_are_refused(array: Any, words: str) -> None:
    with pytest.raises(UnsupportedImage, match=words):
        open_image(array)


@pytest.mark.parametrize("value", [1.0000001, -0.0000001, 1.009])
def test_floats_a_little_outside_are_clipped_with_a_note(value: float) -> None:
    array = np.full((7, 9, 3), 0.5, np.float32)
    array[0, 0, 0] = value
    photo, _ = open_image(array)
    assert ["clipped" in note for note in photo.notes] == [True]
    assert photo.pixels[0, 0, 0] == np.clip(value, 0, 1)
    assert np.all(photo.pixels[1:] == 0.5)
    assert array[0, 0, 0] == np.float32(value)


@pytest.mark.parametrize("thing", [None, 3, ["a.png"], object()])
def test_things_that_are_no_pictures(thing: object) -> None:
    with pytest.raises(UnsupportedImage, match=type(thing).__name__):
        open_image(thing)


@pytest.mark.parametrize("as_text", [False, True])
def test_paths_come_back_as_upright_pillow_images(tmp_path: Path, as_text: bool) -> None:
    path = tmp_path / "photo.jpg"
    exif = b"Exif\0\0" + exif_block(6)
    path.write_bytes(jpeg(smooth(20, 30), exif=exif, icc_profile=SRGB, dpi=(300, 300)))
    photo, restore = open_image(str(path) if as_text else path)
    result = restore(photo.pixels.copy())
    assert isinstance(result, Image.Image)
    assert (result.mode, result.size) == ("RGB", (20, 30))
    assert result.getexif()[0x0112] == 1
    assert result.info["icc_profile"] == SRGB
    assert result.info["dpi"] == (300, 300)


@pytest.mark.parametrize(
    ("shape", "dtype", "mode"),
    [
        ((7, 9), np.uint16, "I;16"),
        ((7, 9), np.float32, "F"),
        ((7, 9, 3), np.uint16, "RGB"),
        ((7, 9, 4), np.uint16, "RGBA"),
        ((7, 9, 3), np.float32, "RGB"),
    ],
)
def test_deep_paths_come_back_as_deep_as_pillow_goes(
    tmp_path: Path, shape: tuple[int, ...], dtype: type, mode: str
) -> None:
    array = noise(shape, dtype)
    path = tmp_path / "photo.tif"
    path.write_bytes(encode(open_image(array)[0], "TIFF"))
    photo, restore = open_image(path)
    result = restore(photo.pixels.copy())
    assert result.mode == mode
    values = np.asarray(result)
    if mode.startswith("RGB"):
        assert np.array_equal(values, np.rint(array / (257 if dtype is np.uint16 else 1 / 255)))
    else:
        assert np.array_equal(values, array)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, io.BytesIO])
def test_bytes_and_files_come_back_as_bytes_of_the_same_format(kind: Any) -> None:
    array = noise((7, 9, 3), np.uint16)
    photo, restore = open_image(kind(png(array, 2, 16)))
    result = restore(denoised(photo.pixels))
    assert isinstance(result, bytes)
    again = decode(result)
    assert again.metadata.format == "PNG"
    assert np.array_equal(again.pixels, 65535 - array)


def test_files_are_read_from_where_they_stand_and_left_open() -> None:
    file = io.BytesIO(b"in front" + pillow_png(noise((7, 9, 3))))
    file.seek(8)
    photo, _ = open_image(file)
    assert photo.size.area == 63
    assert not file.closed


def test_pipes_are_read() -> None:
    class Pipe:
        def read(self) -> bytes:
            return pillow_png(noise((7, 9, 3)))

    assert open_image(Pipe())[0].size.area == 63


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (b"", UnreadableImage, "empty"),
        (b"hello world, this is text", UnreadableImage, "not a known picture"),
        (b"\x89PN", UnreadableImage, "not a known picture"),
        (b"\xff\xd8\xff", UnreadableImage, "JPEG"),
        (b"\x89PNG\r\n\x1a\n", UnreadableImage, "PNG"),
        (b"RIFF\x10\0\0\0WEBP", UnreadableImage, "WebP"),
        (b"II*\0", UnreadableImage, "TIFF"),
        (b"GIF89a" + bytes(20), UnreadableImage, "GIF"),
        (b"BM" + bytes(20), UnreadableImage, "BMP"),
        (b"\0\0\0\x18ftypheic" + bytes(20), UnreadableImage, "HEIC"),
        (b"\0\0\0\x18ftypavif" + bytes(20), UnreadableImage, "AVIF"),
        (b"\0\0\0\x18ftypmp42" + bytes(20), UnsupportedImage, "video files are not read"),
        (b"II*\0\x10\0\0\0CR\2\0" + bytes(20), ImageError, "raw file"),
    ],
)
def test_files_that_are_no_pictures_or_of_others(
    data: bytes, error: type[Exception], words: str, tmp_path: Path
) -> None:
    with pytest.raises(error, match=words):
        open_image(data)
    path = tmp_path / "photo.jpg"
    path.write_bytes(data)
    with pytest.raises(error, match=words):
        open_image(path)
    assert path.read_bytes() == data


def test_animated_gif_names_its_frames() -> None:
    frames = [Image.fromarray(noise((4, 4), seed=seed)) for seed in range(3)]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    with pytest.raises(UnsupportedImage, match=r"GIF .* 3 frames"):
        open_image(file.getvalue())


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(UnreadableImage, match=r"nowhere\.png cannot be read: No such file"):
        open_image(tmp_path / "nowhere.png")
    with pytest.raises(UnreadableImage, match="directory"):
        open_image(tmp_path)


def test_pillow_is_not_imported_before_it_is_needed() -> None:
    code = (
        "import sys, numpy; from litedenoise_sdk.imageio import open_image;"
        "open_image(numpy.zeros((4, 4, 3), numpy.uint8));"
        "assert not [m for m in sys.modules if m.split('.')[0] == 'PIL']"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_jpeg_needs_no_other_plugins(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(jpeg(smooth(20, 30)))
    code = (
        "import sys; from litedenoise_sdk.imageio import decode;"
        f"decode({str(path)!r});"
        "assert not {'PIL.PngImagePlugin', 'PIL.WebPImagePlugin', 'PIL.ImageCms'} & {*sys.modules}"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
