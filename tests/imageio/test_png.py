"""PNG against OpenCV and Pillow, in all its depths."""

import io
import struct
import zlib
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from litedenoise_sdk.imageio import Photo, canvas, decode, encode, open_image
from tests.imageio.imageio_files import (
    chunk,
    noise,
    pillow_png,
    png,
)

# First row, first column, row step, column step of the seven passes.
ADAM7 = [
    (0, 0, 8, 8),
    (0, 4, 8, 8),
    (4, 0, 8, 4),
    (0, 2, 4, 4),
    (2, 0, 4, 2),
    (0, 1, 2, 2),
    (1, 0, 2, 1),
]
RAMP = np.add.outer(np.arange(60), np.arange(120)).reshape(60, 30, 4)
SHAPES = [(37, 53, 3), (37, 53, 4), (37, 53), (1, 1, 3), (1, 40, 3), (40, 1, 3), (1, 1)]


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("shape", SHAPES)
def test_written_files_are_read_back_and_read_by_opencv(
    shape: tuple[int, ...], dtype: type
) -> None:
    array = noise(shape, dtype)
    photo, _ = open_image(array)
    data = encode(photo, "PNG")
    again = decode(data)
    assert again.pixels.dtype == dtype
    assert again.grey == (len(shape) == 2)
    assert np.array_equal(again.pixels, photo.pixels)
    if photo.alpha is not None:
        assert again.alpha is not None
        assert np.array_equal(again.alpha, photo.alpha)
    other: Any = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if other.ndim == 3:
        other = other[..., [2, 1, 0, 3][: other.shape[2]]]
    assert np.array_equal(other, array)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_16_bit_files_of_opencv_are_read_to_the_bit(channels: int) -> None:
    array = noise((31, 47, channels), np.uint16)
    swapped = array if channels == 1 else array[..., [2, 1, 0, 3][:channels]]
    data = cv2.imencode(".png", swapped)[1].tobytes()
    photo = decode(data)
    assert np.array_equal(photo.pixels, np.broadcast_to(array[..., :3], (31, 47, 3)))
    if channels == 4:
        assert photo.alpha is not None
        assert np.array_equal(photo.alpha, array[..., 3])


def test_16_bit_grey_with_alpha() -> None:
    array = noise((9, 7, 2), np.uint16)
    photo = decode(png(array, 4, 16))
    assert photo.grey
    assert photo.alpha is not None
    assert np.array_equal(photo.pixels[..., 1], array[..., 0])
    assert np.array_equal(photo.alpha, array[..., 1])
    again = decode(encode(photo, "PNG"))
    assert again.grey
    assert again.alpha is not None
    assert np.array_equal(again.pixels, photo.pixels)
    assert np.array_equal(again.alpha, photo.alpha)


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "1"])
def test_8_bit_and_bilevel_files_of_pillow(mode: str) -> None:
    image = Image.fromarray(noise((20, 33, 4))).convert(mode)
    photo = decode(pillow_png(image))
    expected = np.asarray(image.convert("RGBA" if "A" in mode else "RGB"))
    assert photo.grey == (mode[0] in "L1")
    assert np.array_equal(photo.pixels, expected[..., :3])
    assert (photo.alpha is not None) == ("A" in mode)
    if photo.alpha is not None:
        assert np.array_equal(photo.alpha, expected[..., 3])


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_shallow_grey(depth: int) -> None:
    packed = noise((5, 3))
    photo = decode(png(packed, 0, depth))
    bits = np.unpackbits(packed, axis=1).reshape(5, -1, depth)
    samples = bits @ (1 << np.arange(depth)[::-1])
    assert photo.grey
    assert np.array_equal(photo.pixels[..., 0], samples * (255 // (2**depth - 1)))


@pytest.mark.parametrize("transparent", [False, True])
def test_palettes_become_colour(transparent: bool) -> None:
    image = Image.fromarray(noise((20, 30, 3))).quantize(16)
    options = {"transparency": bytes(range(0, 160, 10))} if transparent else {}
    data = pillow_png(image, **options)
    photo = decode(data)
    with Image.open(io.BytesIO(data)) as opened:
        expected = np.asarray(opened.convert("RGBA"))
    assert np.array_equal(photo.pixels, expected[..., :3])
    assert (photo.alpha is not None) == transparent
    if photo.alpha is not None:
        assert np.array_equal(photo.alpha, expected[..., 3])


@pytest.mark.parametrize(("colour_type", "channels"), [(0, 1), (2, 3)])
@pytest.mark.parametrize("depth", [8, 16])
def test_a_transparent_colour_becomes_alpha(colour_type: int, channels: int, depth: int) -> None:
    array = noise((6, 8, channels), np.uint16 if depth == 16 else np.uint8)
    key = array[2, 3]
    extra = chunk(b"tRNS", key.astype(">u2").tobytes())
    samples = array if depth == 16 else array.reshape(6, -1)
    size = (8, 6)
    photo = decode(png(samples, colour_type, depth, extra, size))
    assert photo.alpha is not None
    assert np.array_equal(photo.pixels, np.broadcast_to(array, (6, 8, 3)))
    expected = np.where((array == key).all(axis=2), 0, np.iinfo(array.dtype).max)
    assert np.array_equal(photo.alpha, expected)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("band_bytes", [1, 700, 4000])
@pytest.mark.parametrize("array", [noise((60, 30, 4)), np.zeros((60, 30, 4), np.uint8), RAMP])
def test_bands_join_without_a_trace(
    array: Any, band_bytes: int, dtype: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    array = (array.astype(int) * np.iinfo(dtype).max // 255).astype(dtype)
    for channels in (1, 3, 4):
        photo, _ = open_image(array[..., :channels])
        with monkeypatch.context() as patch:
            patch.setattr(canvas, "BAND_BYTES", band_bytes)
            data = encode(photo, "PNG")
            again = decode(data)
        assert np.array_equal(again.pixels, photo.pixels)
        assert np.array_equal(decode(data).pixels, photo.pixels)
        other: Any = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
        assert np.array_equal(
            other.reshape(60, 30, -1)[..., 0], array[..., (0, 2, 2)[channels // 2]]
        )


@pytest.mark.parametrize(("colour_type", "channels"), [(0, 1), (4, 2), (2, 3), (6, 4)])
@pytest.mark.parametrize("size", [(1, 1), (3, 9), (13, 11)])
def test_interlaced_files(size: tuple[int, int], colour_type: int, channels: int) -> None:
    height, width = size
    array = noise((height, width, channels), np.uint16)
    data = b""
    for top, left, down, right in ADAM7:
        for row in array[top::down, left::right].astype(">u2"):
            data += b"\0" + row.tobytes() if row.size else b""
    header = struct.pack(">IIBBBBB", width, height, 16, colour_type, 0, 0, 1)
    file = b"\x89PNG\r\n\x1a\n" + b"".join(
        (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(data)), chunk(b"IEND", b""))
    )
    photo = decode(file)
    colours = 3 if channels > 2 else 1
    assert np.array_equal(photo.pixels[..., :colours], array[..., :colours])
    assert (photo.alpha is not None) == (channels in (2, 4))
    if photo.alpha is not None:
        assert np.array_equal(photo.alpha, array[..., -1])


def test_floating_point_is_rounded_to_16_bits() -> None:
    array = noise((5, 6, 3), np.float32)
    again = decode(encode(Photo(array), "PNG"))
    assert np.array_equal(again.pixels, np.rint(array * 65535).astype(np.uint16))


def test_pillow_opens_what_is_written() -> None:
    photo, _ = open_image(noise((300, 200, 3)))
    with Image.open(io.BytesIO(encode(photo, "PNG"))) as image:
        assert isinstance(image, PngImagePlugin.PngImageFile)
        image.verify()
