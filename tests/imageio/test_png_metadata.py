"""What a PNG says beside its pixels, colours in numbers among it."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms

from litedenoise_sdk.imageio import decode, encode
from litedenoise_sdk.imageio.photo import Format
from tests.imageio.imageio_files import (
    SRGB,
    XMP,
    chunk,
    exif_block,
    noise,
    png,
    png_chunks,
)


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


def test_an_ancillary_chunk_with_a_wrong_checksum_is_left_out() -> None:
    bad = chunk(b"tEXt", b"Author\0Somebody")[:-1] + b"!"
    photo = decode(png(noise((5, 6, 3), np.uint16), 2, 16, bad))
    assert photo.metadata.own == ()


def test_a_profile_that_unpacks_to_gigabytes_is_left_out() -> None:
    bomb = chunk(b"iCCP", b"name\0\0" + zlib.compress(bytes(40_000_000), 9))
    photo = decode(png(noise((5, 6, 3), np.uint16), 2, 16, bomb))
    assert photo.metadata.icc is None
    assert photo.notes


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


@pytest.mark.parametrize(
    "nonsense",
    [
        chunk(b"gAMA", struct.pack(">I", 1)),
        chunk(b"cHRM", struct.pack(">8I", 32900, 32900, 33000, 2, 64000, 2, 50000, 2)),
        chunk(b"cHRM", struct.pack(">8I", 2, 64000, 31270, 2, 31270, 1, 32900, 99999)),
    ],
    ids=["gamma", "colours on one line", "colours beyond all bounds"],
)
def test_colours_that_make_no_sense_are_no_profile(nonsense: bytes) -> None:
    assert decode(png(noise((4, 5, 3), np.uint16), 2, 16, nonsense)).metadata.icc is None
