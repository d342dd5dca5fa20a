"""What a TIFF says beside its pixels, from and to other formats."""

import dataclasses
import io
from typing import Any, get_args

import numpy as np
import pytest
from PIL import Image, IptcImagePlugin
from PIL.TiffImagePlugin import ImageFileDirectory_v2, TiffImageFile

from litedenoise_sdk.imageio import Photo, decode, encode, open_image
from litedenoise_sdk.imageio.photo import Format, Metadata
from tests.imageio.imageio_files import (
    MAKER_NOTE,
    SRGB,
    XMP,
    exif_block,
    jpeg,
    noise,
    smooth,
    tiff,
)
from tests.imageio.tiff_files import DTYPES, assert_same

FORMATS_WITH_CAPTIONS: tuple[Format, ...] = ("TIFF", "JPEG", "PNG", "JPEG", "TIFF", "PNG", "TIFF")


def test_a_profile_of_a_strange_kind_stops_nothing() -> None:
    inks = np.full((8, 12, 4), 40, np.uint8)
    info = ImageFileDirectory_v2()
    info[34675] = 5
    info.tagtype[34675] = 3
    assert "CMYK" in decode(tiff(Image.fromarray(inks, "CMYK"), tiffinfo=info)).notes[0]


def test_a_resolution_that_makes_no_sense_stops_nothing() -> None:
    photo = decode(tiff(smooth(8, 12), dpi=(4e9, 4e9)))
    assert photo.metadata.dpi is None
    for format in get_args(Format):
        assert decode(encode(photo, format)).pixels.shape == (8, 12, 3)


def test_metadata_is_kept() -> None:
    source = tiff(
        smooth(8, 12),
        icc_profile=SRGB,
        dpi=(300, 150),
        tiffinfo={270: "a harbour", 315: "Somebody", 700: XMP, 33723: b"\x1c\x02\0\0"},
    )
    photo = decode(source)
    written = encode(photo, "TIFF")
    with TiffImageFile(io.BytesIO(written)) as image:
        tags = image.tag_v2
        assert tags[270] == "a harbour"
        assert tags[315] == "Somebody"
        assert tags[33723] == b"\x1c\x02\0\0"
        assert tags[305].startswith("litedenoise_sdk ")
        assert image.info["icc_profile"] == SRGB
        assert image.info["dpi"] == (300, 150)
        assert image.info["xmp"] == XMP
    again = decode(encode(photo, "JPEG"))
    assert again.metadata.icc == SRGB
    assert again.metadata.dpi == (300, 150)
    with Image.open(io.BytesIO(encode(photo, "JPEG"))) as image:
        assert image.getexif()[315] == "Somebody"


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_exif_of_a_jpeg_moves_nothing_in_a_tiff(dtype: type, order: str) -> None:
    block = exif_block(6, order=order, thumbnail=True)
    metadata = decode(jpeg(smooth(8, 12), exif=b"Exif\0\0" + block)).metadata
    array = noise((12, 8, 3), dtype)
    written = encode(Photo(array, metadata=metadata), "TIFF")
    assert written.index(MAKER_NOTE) == block.index(MAKER_NOTE)
    assert_same(decode(written), array)
    shallow = encode(Photo(noise((12, 8, 3)), metadata=metadata), "TIFF")
    with TiffImageFile(io.BytesIO(shallow)) as i:
        assert i.getexif()[0x010F] == "Acme Photo"
        assert i.getexif().get_ifd(0x8769)[0x927C] == MAKER_NOTE
        assert i.n_frames == 1
    # And back into an EXIF block.
    again = decode(written).metadata.exif
    assert again is not None
    exif = Image.Exif()
    exif.load(again)
    assert exif.get_ifd(0x8769)[0x927C] == MAKER_NOTE
    assert exif[0x010F] == "Acme Photo"


def test_gps_and_interoperability_directories_are_kept() -> None:
    tags = ImageFileDirectory_v2()
    tags[0x8825] = {1: "N"}
    tags[0x8769] = {0x9003: "2026:01:01 00:00:00", 0xA005: {1: "R98"}}
    photo = decode(tiff(smooth(8, 12), tiffinfo=tags))
    kept = Image.Exif()
    assert photo.metadata.exif is not None
    kept.load(photo.metadata.exif)
    assert kept.get_ifd(0x8825)[1] == "N"
    assert kept.get_ifd(0x8769)[0x9003] == "2026:01:01 00:00:00"
    assert kept.get_ifd(0xA005)[1] == "R98"


def test_broken_exif_is_left_out_of_a_tiff_and_said(tmp_path: Any) -> None:
    from litedenoise_sdk.imageio import save

    photo = Photo(smooth(8, 8), metadata=Metadata(exif=b"broken"))
    assert "EXIF" in save(photo, tmp_path / "a.tif")[0]
    assert_same(decode(tmp_path / "a.tif"), smooth(8, 8))


def test_captions_move_between_containers() -> None:
    records = b"\x1c\x02\x78\0\x06A pond\x1c\x02\x19\0\x05frogs"
    photo = decode(encode(open_image(smooth(20, 30))[0], "JPEG"))
    photo = dataclasses.replace(
        photo, metadata=Metadata(format="TIFF", iptc=records, own=(("33723", records),))
    )
    for format in FORMATS_WITH_CAPTIONS:
        photo = decode(encode(photo, format))
        assert photo.metadata.iptc == records, format
    with Image.open(io.BytesIO(encode(photo, "JPEG"))) as written:
        assert IptcImagePlugin.getiptcinfo(written) == {(2, 120): b"A pond", (2, 25): b"frogs"}
