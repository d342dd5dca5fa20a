"""All eight orientations, in every format: applied once, then recorded as 1."""

import io
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio import Format, decode, encode, open_image
from litedenoise_sdk.imageio.orientation import stored_view, upright_size
from tests.imageio.imageio_files import exif_block, jpeg, noise, pillow_png, smooth, tiff, webp

ORIENTATIONS = range(1, 9)


def upright_by_pillow(stored: NDArray[Any], orientation: int) -> NDArray[Any]:
    image = Image.fromarray(stored)
    image.getexif()[0x0112] = orientation
    return np.asarray(ImageOps.exif_transpose(image))


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_the_stored_view_is_the_inverse_of_turning_upright(orientation: int) -> None:
    stored = noise((3, 5, 3))
    size = upright_size(Size(3, 5), orientation)
    upright = np.empty((size.height, size.width, 3), np.uint8)
    stored_view(upright, orientation)[...] = stored
    assert np.array_equal(upright, upright_by_pillow(stored, orientation))


@pytest.mark.parametrize("format", ["PNG", "WEBP", "TIFF", "JPEG"])
@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_files_of_every_format_come_out_upright_once(orientation: int, format: Format) -> None:
    stored = smooth(24, 40)
    exif = b"Exif\0\0" + exif_block(orientation)
    match format:
        case "PNG":
            data = pillow_png(stored, exif=exif)
        case "WEBP":
            data = webp(stored, exif=exif)
        case "TIFF":
            data = tiff(stored, exif=Image.Exif(), tiffinfo={274: orientation})
        case "JPEG":
            data = jpeg(stored, exif=exif)
    expected = upright_by_pillow(stored, orientation).astype(int)

    photo = decode(data)
    assert photo.pixels.shape == expected.shape
    assert abs(photo.pixels.astype(int) - expected).max() <= (6 if format == "JPEG" else 0)

    written = encode(photo, format)
    with Image.open(io.BytesIO(written)) as image:
        assert image.getexif().get(0x0112, 1) == 1
        turned = np.asarray(ImageOps.exif_transpose(image)).astype(int)
    assert turned.shape == expected.shape
    assert abs(turned - expected).max() <= (8 if format == "JPEG" else 0)
    assert np.array_equal(decode(written).pixels.shape, expected.shape)


@pytest.mark.parametrize("orientation", [1, 6])
def test_jpeg_compressed_tiff_is_turned_once_although_pillow_turns_it(orientation: int) -> None:
    stored = smooth(24, 40)
    data = tiff(stored, compression="jpeg", quality=95, tiffinfo={274: orientation})
    photo = decode(data)
    expected = upright_by_pillow(stored, orientation).astype(int)
    assert photo.pixels.shape == expected.shape
    assert abs(photo.pixels.astype(int) - expected).max() <= 12
    with Image.open(io.BytesIO(encode(photo, "PNG"))) as image:
        assert image.getexif()[0x0112] == 1


def test_resolution_follows_its_axis() -> None:
    data = tiff(smooth(4, 6), dpi=(300, 150), tiffinfo={274: 6})
    assert decode(data).metadata.dpi == (150, 300)


def test_xmp_orientation_becomes_one_only_when_the_picture_was_turned() -> None:
    for form in (b'tiff:Orientation="6"', b"<tiff:Orientation>6</tiff:Orientation>"):
        turned = decode(pillow_with_xmp(form, exif_block(6)))
        assert turned.metadata.xmp == form.replace(b"6", b"1")
        kept = decode(pillow_with_xmp(form, exif_block(1)))
        assert kept.metadata.xmp == form


def pillow_with_xmp(xmp: bytes, exif: bytes) -> bytes:
    return jpeg(smooth(4, 6), xmp=xmp, exif=b"Exif\0\0" + exif)


def test_pillow_images_keep_their_orientation_and_its_tag() -> None:
    data = jpeg(smooth(24, 40), exif=b"Exif\0\0" + exif_block(6))
    with Image.open(io.BytesIO(data)) as image:
        photo, restore = open_image(image)
        result = restore(photo.pixels.copy())
    assert result.size == (40, 24)
    assert result.getexif()[0x0112] == 6


@pytest.mark.parametrize("orientation", [0, 9, 200])
def test_orientations_that_do_not_exist_turn_nothing(orientation: int) -> None:
    photo = decode(jpeg(smooth(24, 40), exif=b"Exif\0\0" + exif_block(orientation)))
    assert photo.size == Size(24, 40)
