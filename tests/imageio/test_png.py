"""PNG against OpenCV and Pillow, in all its depths."""

import contextlib
import io
import struct
import zlib
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms, PngImagePlugin

from litedenoise_sdk.errors import ImageTooLarge, UnreadableImage, UnsupportedImage
from litedenoise_sdk.imageio import Photo, canvas, decode, encode, open_image
from litedenoise_sdk.imageio.photo import Format
from tests.imageio.imageio_files import (
    SRGB,
    XMP,
    chunk,
    exif_block,
    noise,
    pillow_png,
    png,
    png_chunks,
    smooth,
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


def test_metadata_is_kept() -> None:
    extra = (
        chunk(b"gAMA", struct.pack(">I", 45455))
        + chunk(b"cHRM", bytes(32))
        + chunk(b"iCCP", b"name\0\0" + zlib.compress(SRGB))
        + chunk(b"pHYs", struct.pack(">IIB", 11811, 5906, 1))
        + chunk(b"tEXt", b"Author\0Somebody")
        + chunk(b"eXIf", exif_block(1))
        + chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)
    )
    source = png(noise((5, 6, 3), np.uint16), 2, 16, extra)
    photo = decode(source)
    assert photo.metadata.icc == SRGB
    assert photo.metadata.xmp == XMP
    assert photo.metadata.dpi == pytest.approx((300, 150), abs=0.02)
    written = encode(photo, "PNG")
    names = [name for name, _ in png_chunks(written)]
    for name in (b"gAMA", b"cHRM", b"iCCP", b"pHYs", b"tEXt", b"eXIf", b"iTXt"):
        assert names.count(name) == 1
    assert names.index(b"iCCP") < names.index(b"IDAT")
    again = decode(written).metadata
    assert (again.icc, again.xmp, again.dpi, again.own) == (
        photo.metadata.icc,
        photo.metadata.xmp,
        photo.metadata.dpi,
        photo.metadata.own,
    )
    with Image.open(io.BytesIO(written)) as image:
        assert image.info["icc_profile"] == SRGB
        assert image.info["Author"] == "Somebody"
        assert image.info["xmp"] == XMP


def test_compressed_xmp_and_profiles_in_text_are_read() -> None:
    exif = exif_block(6)
    raw = b"\nexif\n%8d\n%s\n" % (len(exif), exif.hex().encode())
    extra = chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(XMP)) + chunk(
        b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(raw)
    )
    photo = decode(png(noise((5, 6, 3), np.uint16), 2, 16, extra))
    assert photo.metadata.xmp == XMP.replace(b'Orientation="6"', b'Orientation="1"')
    assert photo.pixels.shape == (6, 5, 3)
    assert photo.metadata.own == ()


@pytest.mark.parametrize(
    "bad",
    [
        chunk(b"iCCP", b"name\0\0not zlib"),
        chunk(b"iCCP", b"no end"),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\1"),
        chunk(b"zTXt", b"Raw profile type exif\0\0broken"),
        chunk(b"pHYs", b"short"),
    ],
)
def test_damaged_metadata_is_noted_and_stops_nothing(bad: bytes) -> None:
    array = noise((5, 6, 3), np.uint16)
    photo = decode(png(array, 2, 16, bad))
    assert np.array_equal(photo.pixels, array)
    assert bad[4:8].decode() in photo.notes[0]


def test_what_follows_the_end_is_left_out_with_a_note() -> None:
    photo = decode(pillow_png(smooth(8, 8)) + b"more")
    assert ["followed the end" in note for note in photo.notes] == [True]
    assert np.array_equal(photo.pixels, smooth(8, 8))


def test_an_ancillary_chunk_with_a_wrong_checksum_is_left_out() -> None:
    bad = chunk(b"tEXt", b"Author\0Somebody")[:-1] + b"!"
    photo = decode(png(noise((5, 6, 3), np.uint16), 2, 16, bad))
    assert photo.metadata.own == ()


def test_a_profile_that_unpacks_to_gigabytes_is_left_out() -> None:
    bomb = chunk(b"iCCP", b"name\0\0" + zlib.compress(bytes(40_000_000), 9))
    photo = decode(png(noise((5, 6, 3), np.uint16), 2, 16, bomb))
    assert photo.metadata.icc is None
    assert photo.notes


@pytest.mark.parametrize("depth", [8, 16])
def test_every_cut_is_noticed(depth: int) -> None:
    array = noise((4, 5, 3), np.uint16 if depth == 16 else np.uint8)
    data = png(array if depth == 16 else array.reshape(4, -1), 2, depth, size=(5, 4))
    decode(data)
    for length in range(8, len(data)):
        with pytest.raises(UnreadableImage):
            decode(data[:length], strict=True)
        with contextlib.suppress(UnreadableImage):
            assert "ends early" in decode(data[:length]).notes[0]


@pytest.mark.parametrize("missing", [4, 12])
def test_a_missing_end_marker_costs_nothing_but_a_note(missing: int) -> None:
    data = pillow_png(smooth(30, 40))
    photo = decode(data[:-missing])
    assert "ends early" in photo.notes[0]
    np.testing.assert_array_equal(photo.pixels, smooth(30, 40))


def test_rows_above_the_damage_are_read() -> None:
    array = noise((100, 50, 3))
    data = bytearray(pillow_png(array))
    data[len(data) * 3 // 4] ^= 0xFF
    photo = decode(bytes(data))
    assert "checksum" in photo.notes[0]
    np.testing.assert_array_equal(photo.pixels[:60], array[:60])
    cut = decode(pillow_png(array)[: len(data) * 3 // 4])
    assert "rows are missing" in cut.notes[1]
    np.testing.assert_array_equal(cut.pixels[:60], array[:60])


def test_more_chunks_and_metadata_than_any_photo_has_are_refused() -> None:
    array = noise((4, 5, 3), np.uint16)
    with pytest.raises(ImageTooLarge, match="PNG chunks"):
        decode(png(array, 2, 16, chunk(b"acTL", b"") * 200_001))
    big = chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(bytes(31_000_000), 9))
    with pytest.raises(ImageTooLarge, match="bytes of metadata"):
        decode(png(array, 2, 16, big * 3))


def test_damaged_pixels_are_noticed() -> None:
    data = bytearray(png(noise((4, 5, 3), np.uint16), 2, 16))
    data[data.index(b"IDAT") + 12] ^= 0xFF
    with pytest.raises(UnreadableImage, match="checksum"):
        decode(bytes(data), strict=True)


@pytest.mark.parametrize(("depth", "colour_type"), [(3, 0), (16, 3), (8, 5), (4, 2)])
def test_impossible_headers(depth: int, colour_type: int) -> None:
    data = png(noise((4, 4, 3), np.uint16), colour_type, depth)
    with pytest.raises(UnreadableImage):
        decode(data)


def test_bombs_are_refused_by_their_header() -> None:
    data = png(noise((1, 1, 3), np.uint16), 2, 16, size=(30_000, 30_000))
    with pytest.raises(ImageTooLarge, match=r"30000 x 30000 = 900\.0 megapixels"):
        decode(data)
    with pytest.raises(ImageTooLarge):
        decode(png(noise((4, 5, 3), np.uint16), 2, 16), max_pixels=19)
    decode(png(noise((4, 5, 3), np.uint16), 2, 16), max_pixels=20)


def test_more_pixels_than_pillow_allows_by_itself_are_no_bomb(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = pillow_png(noise((4, 5, 3)))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 4)
    assert decode(data).size.area == 20


def test_animations_are_refused_with_their_frames() -> None:
    frames = [Image.fromarray(noise((4, 4, 3), seed=seed)) for seed in range(3)]
    data = pillow_png(frames[0], save_all=True, append_images=frames[1:])
    with pytest.raises(UnsupportedImage, match="3 frames"):
        decode(data)


def test_floating_point_is_rounded_to_16_bits() -> None:
    array = noise((5, 6, 3), np.float32)
    again = decode(encode(Photo(array), "PNG"))
    assert np.array_equal(again.pixels, np.rint(array * 65535).astype(np.uint16))


def test_pillow_opens_what_is_written() -> None:
    photo, _ = open_image(noise((300, 200, 3)))
    with Image.open(io.BytesIO(encode(photo, "PNG"))) as image:
        assert isinstance(image, PngImagePlugin.PngImageFile)
        image.verify()


P3_CICP = chunk(b"cICP", bytes((12, 13, 0, 1)))
LINEAR = chunk(b"gAMA", struct.pack(">I", 100_000))
ADOBE = chunk(b"gAMA", struct.pack(">I", 45_470)) + chunk(
    b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000)
)


@pytest.mark.parametrize("format", ["JPEG", "WEBP", "TIFF"])
@pytest.mark.parametrize(
    ("extra", "pixel", "shown"),
    [
        # By the published matrices from these spaces to sRGB (Bruce Lindbloom).
        (P3_CICP, (200, 100, 60), (215, 93, 47)),
        (LINEAR, (55, 128, 10), (128, 188, 56)),
        (ADOBE, (128, 128, 128), (129, 129, 129)),
        (ADOBE, (100, 150, 90), (66, 151, 86)),
    ],
)
def test_colours_that_png_says_in_numbers_look_the_same_elsewhere(
    extra: bytes, pixel: tuple[int, ...], shown: tuple[int, ...], format: Format
) -> None:
    array = np.full((16, 16, 3), pixel, np.uint8)
    photo = decode(png(array.reshape(16, -1), 2, 8, extra, size=(16, 16)))
    with Image.open(io.BytesIO(encode(photo, format))) as written:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(written.info["icc_profile"]))
        srgb = ImageCms.createProfile("sRGB")
        seen = ImageCms.profileToProfile(
            written, profile, srgb, renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC
        )
    assert seen is not None
    assert abs(np.asarray(seen)[8, 8].astype(int) - shown).max() <= 2
    names = [name for name, _ in png_chunks(encode(photo, "PNG"))]
    assert {name for name in (b"cICP", b"gAMA") if name in extra} <= set(names)


@pytest.mark.parametrize(
    "extra",
    [
        chunk(b"gAMA", struct.pack(">I", 45455)),
        chunk(b"cICP", bytes((1, 13, 0, 1))),
        chunk(b"gAMA", bytes(4)),
        chunk(b"sRGB", b"\0") + LINEAR,
    ],
)
def test_srgb_in_numbers_needs_no_profile(extra: bytes) -> None:
    assert decode(png(noise((5, 6, 3), np.uint16), 2, 16, extra)).metadata.icc is None
