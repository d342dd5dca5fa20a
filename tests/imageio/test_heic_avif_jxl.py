"""HEIC, AVIF and JPEG XL: written, and read again by us and by their libraries."""

import io
import sys
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pillow_heif
import pylibjxl
import pytest
from PIL import Image

from litedenoise_sdk.errors import OutputError, UnreadableImage, UnsupportedImage
from litedenoise_sdk.imageio import (
    Format,
    Metadata,
    Photo,
    check_target,
    decode,
    encode,
)
from litedenoise_sdk.imageio.encode import write
from tests.imageio.heif_and_jxl_files import (
    CLOSE,
    DISPLAY_P3,
    deep_avif,
    photo_of,
)
from tests.imageio.imageio_files import MAKER_NOTE, SRGB, XMP, exif_block, noise, smooth

FORMATS: tuple[Format, ...] = ("HEIC", "AVIF", "JPEG XL")


@pytest.mark.parametrize("format", FORMATS)
def test_metadata_goes_in_and_comes_out_unchanged(format: Format) -> None:
    exif = exif_block(1, software="Acme 1.0", size=(80, 64))
    given = photo_of(smooth(64, 80), exif=exif, icc=DISPLAY_P3, xmp=XMP)
    data = encode(given, format)
    metadata = decode(data).metadata
    assert metadata.format == format
    assert metadata.exif == exif
    assert MAKER_NOTE in metadata.exif
    assert metadata.icc == DISPLAY_P3
    assert metadata.xmp is not None
    assert b'xmp:Rating="4"' in metadata.xmp
    again = decode(encode(decode(data), format))
    assert (again.metadata.exif, again.metadata.icc) == (exif, DISPLAY_P3)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("channels", ["L", "LA", "RGB", "RGBA"])
def test_colours_grey_and_transparency(format: Format, channels: str) -> None:
    pixels = smooth(65, 81)
    if "L" in channels:
        pixels = np.repeat(pixels[..., :1], 3, axis=2)
    alpha = smooth(65, 81)[..., 1] if "A" in channels else None
    given = Photo(pixels, alpha, grey="L" in channels)
    again = decode(encode(given, format))
    assert abs(again.pixels.astype(int) - pixels).max() <= CLOSE
    assert (again.alpha is None) == (alpha is None)
    if alpha is not None and again.alpha is not None:
        assert abs(again.alpha.astype(int) - alpha).max() <= CLOSE


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", FORMATS)
def test_a_turned_photo_is_turned_once_for_every_reader(format: Format, orientation: int) -> None:
    file = io.BytesIO()
    Image.fromarray(smooth(64, 80)).save(
        file, "JPEG", quality=98, exif=b"Exif\0\0" + exif_block(orientation)
    )
    upright = decode(file.getvalue())
    data = encode(upright, format)
    if format == "HEIC":
        shown = np.asarray(pillow_heif.open_heif(io.BytesIO(data)))
    elif format == "AVIF":
        from PIL import ImageOps

        shown = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))))
    else:
        shown = pylibjxl.decode(data)
    for pixels in (shown, decode(data).pixels):
        assert abs(pixels.astype(int) - upright.pixels).max() <= CLOSE + 6


@pytest.mark.parametrize("depth", [10, 12])
def test_deep_heic_keeps_its_depth(depth: int) -> None:
    ramp = np.linspace(0, 65535, 64).astype(np.uint16)
    array = np.broadcast_to(ramp[:, np.newaxis], (64, 64, 3)).copy()
    image = pillow_heif.from_bytes("RGB;16", (64, 64), array.tobytes())
    file = io.BytesIO()
    image.save(file, quality=-1, bit_depth=depth)
    source = decode(file.getvalue())
    buffer = io.BytesIO()
    assert write(source, buffer, "HEIC") == ()
    with_depth = pillow_heif.open_heif(io.BytesIO(buffer.getvalue()), convert_hdr_to_8bit=False)
    assert with_depth.info["bit_depth"] == depth
    again = decode(buffer.getvalue())
    assert again.pixels.dtype == np.uint16
    assert abs(again.pixels.astype(int) - source.pixels).max() <= 65535 * CLOSE / 255


@pytest.mark.parametrize("channels", ["L", "RGB", "RGBA"])
@pytest.mark.parametrize("depth", [10, 12])
def test_deep_avif_keeps_its_depth(depth: int, channels: str) -> None:
    source = decode(deep_avif(depth, channels))
    file = io.BytesIO()
    assert write(source, file, "AVIF") == ()
    shown = cv2.imdecode(np.frombuffer(file.getvalue(), np.uint8), cv2.IMREAD_UNCHANGED)
    assert shown is not None
    assert shown.dtype == np.uint16
    again = decode(file.getvalue())
    assert again.metadata.depth == depth
    assert again.metadata.exif == source.metadata.exif
    expected = smooth(64, 80).astype(int) * 257
    if channels == "L":
        assert again.grey
        expected = expected[..., 2:]
    for photo in (source, again):
        assert photo.pixels.dtype == np.uint16
        assert abs(photo.pixels.astype(int) - expected).max() <= 257 * CLOSE
        if channels == "RGBA":
            assert photo.alpha is not None
            assert abs(photo.alpha.astype(int) - expected[..., 1]).max() <= 257 * CLOSE
    assert encode(source, "HEIC") is not None
    assert write(source, io.BytesIO(), "HEIC") == ()


def test_deep_avif_that_is_turned_is_turned_once() -> None:
    source = decode(deep_avif(10, exif=exif_block(6)))
    expected = np.rot90(smooth(64, 80), -1).astype(int) * 257
    for photo in (source, decode(encode(source, "AVIF"))):
        assert abs(photo.pixels.astype(int) - expected).max() <= 257 * CLOSE


def test_deep_photos_with_broken_exif_are_written_as_avif() -> None:
    deep = Photo(noise((32, 32, 3), np.uint16), metadata=Metadata("JPEG", exif=b"no TIFF header"))
    file = io.BytesIO()
    assert "EXIF block" in write(deep, file, "AVIF")[-1]
    assert decode(file.getvalue()).pixels.dtype == np.uint16


def test_without_opencv_deep_avif_is_rounded_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = deep_avif(10)
    monkeypatch.setitem(sys.modules, "cv2", None)
    photo = decode(data)
    assert photo.pixels.dtype == np.uint8
    assert abs(photo.pixels.astype(int) - smooth(64, 80)).max() <= CLOSE
    assert "litedenoise-sdk[avif]" in photo.notes[0]
    notes = write(Photo(noise((32, 32, 3), np.uint16)), io.BytesIO(), "AVIF")
    assert "litedenoise-sdk[avif]" in notes[0]


@pytest.mark.parametrize("at", [0.5, 0.9])
def test_deep_avif_that_is_cut_short_is_refused(at: float) -> None:
    data = deep_avif(10)
    with pytest.raises(UnreadableImage):
        decode(data[: int(len(data) * at)])


def test_opencv_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    data = bytearray(deep_avif(10))
    data[-60:] = b"\xff" * 60
    with pytest.raises(UnreadableImage):
        decode(bytes(data))
    assert capfd.readouterr() == ("", "")


def test_an_orientation_in_xmp_of_avif_is_not_counted_again() -> None:
    file = io.BytesIO()
    Image.fromarray(smooth(64, 80)).save(file, "AVIF", xmp=XMP)
    metadata = decode(file.getvalue()).metadata
    assert metadata.xmp is not None
    assert b'tiff:Orientation="1"' in metadata.xmp


def test_what_does_not_fit_is_said() -> None:
    deep = Photo(noise((32, 32, 3), np.uint16))
    for format, words in (("HEIC", "10 bits"), ("AVIF", "10 bits"), ("WEBP", "8 bits")):
        notes = write(deep, io.BytesIO(), format)  # type: ignore[arg-type]
        assert len(notes) == 1
        assert words in notes[0]


def test_colours_that_heic_and_avif_state_in_numbers_become_a_profile() -> None:
    image = pillow_heif.from_bytes("RGB", (80, 64), smooth(64, 80).tobytes())
    file = io.BytesIO()
    image.save(file, quality=-1, color_primaries=12, transfer_characteristics=13)
    assert decode(file.getvalue()).metadata.icc == DISPLAY_P3
    data = encode(Photo(smooth(64, 80)), "AVIF")
    at = data.index(b"colrnclx") + 8
    data = data[:at] + b"\0\x0c" + data[at + 2 :]
    assert decode(data).metadata.icc == DISPLAY_P3
    assert decode(encode(Photo(smooth(64, 80)), "AVIF")).metadata.icc is None


@pytest.mark.parametrize("format", FORMATS)
def test_claims_of_gain_maps_do_not_stay(format: Format) -> None:
    packet = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description '
        b'xmlns:HDRGainMap="http://ns.apple.com/HDRGainMap/1.0/" HDRGainMap:HDRGainMapVersion="1" '
        b'xmp:Rating="4"/></rdf:RDF></x:xmpmeta>'
    )
    data = encode(photo_of(smooth(64, 64), xmp=packet), format)
    given = replace(decode(data), metadata=Metadata(format=format, xmp=packet))
    again = decode(encode(given, format))
    assert b"Version" not in (again.metadata.xmp or b"")
    assert b"Rating" in (again.metadata.xmp or b"")


@pytest.mark.parametrize(
    ("format", "module", "extra"), [("HEIC", "pillow_heif", "heif"), ("JPEG XL", "pylibjxl", "jxl")]
)
def test_without_the_library_reading_and_writing_say_what_to_install(
    format: Format, module: str, extra: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    data = encode(Photo(smooth(64, 64)), format)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(UnsupportedImage, match=rf"litedenoise-sdk\[{extra}\]"):
        decode(data)
    suffix = {"HEIC": ".heic", "JPEG XL": ".jxl"}[format]
    with pytest.raises(OutputError, match=rf"litedenoise-sdk\[{extra}\]"):
        check_target(tmp_path / f"a{suffix}")


def test_srgb_profiles_are_kept_as_they_are() -> None:
    for format in FORMATS:
        assert decode(encode(photo_of(smooth(64, 64), icc=SRGB), format)).metadata.icc == SRGB
