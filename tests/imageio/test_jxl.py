"""JPEG XL: depth, colours, animations and boxes."""

import io
from typing import Any

import numpy as np
import pylibjxl
import pytest
from PIL import Image, ImageCms

from litedenoise_sdk.errors import ImageTooLarge, UnreadableImage, UnsupportedImage
from litedenoise_sdk.imageio import (
    Metadata,
    Photo,
    decode,
    encode,
    libjxl,
)
from litedenoise_sdk.imageio.boxes import box, boxes
from litedenoise_sdk.imageio.encode import write
from tests.imageio.heif_and_jxl_files import (
    ANIMATED_JXL,
    CLOSE,
    DEEP_JXL,
    DISPLAY_P3,
    P3_JXL,
    photo_of,
)
from tests.imageio.imageio_files import SRGB, XMP, exif_block, noise, smooth


def test_jxl_of_sixteen_bits_is_read_to_the_bit() -> None:
    photo = decode(DEEP_JXL)
    assert photo.notes == ()
    assert np.array_equal(photo.pixels, np.arange(8 * 8 * 3).reshape(8, 8, 3) * 300)


@pytest.mark.parametrize("icc", [None, SRGB, DISPLAY_P3])
@pytest.mark.parametrize("channels", ["L", "LA", "RGB", "RGBA"])
def test_deep_jxl_keeps_its_depth(channels: str, icc: bytes | None) -> None:
    pixels = smooth(65, 81).astype(np.uint16) * 257 + 5
    alpha = pixels[..., 1].copy() if "A" in channels else None
    grey = "L" in channels
    given = Photo(
        np.repeat(pixels[..., :1], 3, axis=2) if grey else pixels,
        alpha,
        grey,
        Metadata("TIFF", icc=None if grey else icc, exif=exif_block(1), xmp=XMP),
    )
    file = io.BytesIO()
    assert write(given, file, "JPEG XL") == ()
    assert pylibjxl.probe(file.getvalue())["bits_per_sample"] == 16
    again = decode(file.getvalue())
    assert again.grey == grey
    assert again.metadata.icc == given.metadata.icc
    assert again.metadata.xmp == XMP.replace(b'Orientation="6"', b'Orientation="1"')
    assert abs(again.pixels.astype(int) - given.pixels).max() <= 257 * 2 * CLOSE
    if alpha is not None:
        assert again.alpha is not None
        assert abs(again.alpha.astype(int) - alpha).max() <= 257 * CLOSE


def test_jxl_of_ten_bits_stays_of_ten_bits() -> None:
    given = Photo(smooth(64, 64).astype(np.uint16) * 257, metadata=Metadata(depth=10))
    source = decode(encode(given, "JPEG XL"))
    assert source.metadata.depth == 10
    assert pylibjxl.probe(encode(source, "JPEG XL"))["bits_per_sample"] == 10


def test_the_first_frame_of_an_animated_jxl() -> None:
    with pytest.raises(UnsupportedImage, match="Ask for the first frame"):
        decode(ANIMATED_JXL)
    photo = decode(ANIMATED_JXL, first_frame=True)
    assert np.array_equal(photo.pixels, np.broadcast_to((200, 40, 10), (8, 8, 3)))
    assert "first frame" in photo.notes[0]


def test_colours_that_jxl_states_in_numbers_become_a_profile() -> None:
    photo = decode(P3_JXL)
    assert abs(photo.pixels.astype(int) - (200, 40, 10)).max() <= 2
    shown = [in_srgb(icc) for icc in (photo.metadata.icc, DISPLAY_P3)]
    assert abs(shown[0] - shown[1]).max() <= 1
    assert abs(shown[0] - (200, 40, 10)).max() > 5


def in_srgb(icc: bytes | None) -> Any:
    """What (200, 40, 10) of a profile is there."""
    assert icc is not None
    shown = ImageCms.profileToProfile(
        Image.new("RGB", (1, 1), (200, 40, 10)),
        ImageCms.ImageCmsProfile(io.BytesIO(icc)),
        ImageCms.createProfile("sRGB"),
    )
    return np.asarray(shown).astype(int)[0, 0]


def test_without_the_functions_of_libjxl_there_are_8_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libjxl, "library", lambda: None)
    photo = decode(DEEP_JXL)
    expected = np.arange(8 * 8 * 3).reshape(8, 8, 3) * 300 / 257
    assert abs(photo.pixels - expected).max() <= 1
    assert "rounded to 8" in photo.notes[0]
    notes = write(Photo(noise((32, 32, 3), np.uint16)), io.BytesIO(), "JPEG XL")
    assert "8 bits" in notes[0]
    with pytest.raises(UnsupportedImage):
        decode(ANIMATED_JXL, first_frame=True)


@pytest.mark.parametrize("length", [0.1, 0.5, 0.9])
def test_deep_jxl_that_is_cut_short_is_refused(length: float) -> None:
    deep = Photo(smooth(64, 64).astype(np.uint16) * 257, metadata=Metadata(icc=DISPLAY_P3))
    data = encode(deep, "JPEG XL")
    with pytest.raises(UnreadableImage):
        decode(data[: int(len(data) * length)])


def test_metadata_of_jxl_lies_in_boxes_that_every_reader_opens() -> None:
    exif = exif_block(1, software="Acme 1.0")
    for icc in (None, SRGB):
        data = encode(photo_of(smooth(64, 64), exif=exif, xmp=XMP, icc=icc), "JPEG XL")
        found = dict(boxes(data))
        assert found[b"Exif"] == bytes(4) + exif
        assert found[b"xml "] == XMP
        assert found[b"jxlc"].startswith(b"\xff\x0a")


def test_content_credentials_of_jxl_are_left_out_with_a_note() -> None:
    data = encode(Photo(smooth(64, 64)), "JPEG XL") + box(b"jumb", b"....c2pa....")
    found = decode(data)
    assert ["C2PA" in note for note in found.notes] == [True]
    assert b"jumb" not in encode(found, "JPEG XL")


def test_boxes_of_jxl_that_stay_true_are_kept() -> None:
    packet = b'<x xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0"/>'
    made = encode(photo_of(smooth(64, 64)), "JPEG XL") + box(b"xml ", packet)
    gain_map = box(b"jhgm", b"gain map")
    found = decode(made + gain_map + box(b"jumb", b"other"))
    assert ["JUMBF" in note for note in found.notes] == [True]
    again = encode(found, "JPEG XL")
    assert again.endswith(gain_map)
    assert b"jumb" not in again
    assert decode(again).metadata.xmp == packet
    assert b"hdrgm:Version" not in (decode(made).metadata.xmp or b"")
    file = io.BytesIO()
    assert "jhgm" in write(found, file, "AVIF")[0]
    assert b"hdrgm:Version" not in (decode(file.getvalue()).metadata.xmp or b"")


def test_jxl_without_loss_is_read_to_the_bit_and_bombs_are_refused() -> None:
    data = pylibjxl.encode(smooth(64, 64), lossless=True)
    assert np.array_equal(decode(data).pixels, smooth(64, 64))
    with pytest.raises(ImageTooLarge):
        decode(data, max_pixels=1_000)
    with pytest.raises(UnreadableImage):
        decode(data[:60])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_profile_that_jpeg_xl_does_not_take_is_left_out_and_said(dtype: type) -> None:
    file = io.BytesIO()
    notes = write(photo_of(noise((16, 16, 3), dtype), icc=b"no profile"), file, "JPEG XL")
    assert "ICC profile" in notes[-1]
    assert decode(file.getvalue()).metadata.icc is None
