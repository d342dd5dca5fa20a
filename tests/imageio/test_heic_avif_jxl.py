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
from PIL import Image, ImageCms

from litedenoise_sdk.errors import ImageTooLarge, OutputError, UnreadableImage, UnsupportedImage
from litedenoise_sdk.imageio import (
    Format,
    Metadata,
    Photo,
    check_target,
    decode,
    encode,
    libjxl,
)
from litedenoise_sdk.imageio.boxes import box, boxes
from litedenoise_sdk.imageio.colour import from_cicp
from litedenoise_sdk.imageio.encode import write
from tests.imageio.imageio_files import MAKER_NOTE, SRGB, XMP, exif_block, noise, smooth

FORMATS: tuple[Format, ...] = ("HEIC", "AVIF", "JPEG XL")
DISPLAY_P3 = from_cicp(bytes((12, 13, 0, 1)))
assert DISPLAY_P3 is not None
CLOSE = 6
"""Of 255: what quality 90 changes in a smooth picture."""

DEEP_JXL = bytes.fromhex(
    "0000000c4a584c200d0a870a00000014667479706a786c20000000006a786c20000000096a786c6c0a000000"
    "c16a786c63ff0a41f00350b40808040100ac024b3840b94da7ec0e0ebe3f24241414949c6064640c962bc660"
    "aa627028c6d8a81863636c6c0c12ce8a883158032d28c6e0c6c660e90b0410e0021000c0bf2c140a8542a150"
    "28140a8542a15028140a8542a15028140a8542a15028140a8542a15028140a8542a15028140a8542a1502814"
    "0a8542a1d07a782074aff50ad16324a28888888888888888888888888888888888888888888888888888e8e3"
    "deb24e0268234d6051b042006c00"
)
"""Written by libjxl without loss: 8x8 pixels of 16 bits, each value 300 above the one before."""
ANIMATED_JXL = bytes.fromhex(
    "ff0a41040158505c120808a002000064004b188b15c249c2e505240018f29f94d5010000000000000000"
    "0808a042000068004b188b15c209635cf0fb02120084ca0f34170000000000000000"
)
"""By cjxl: 8x8 pixels of (200, 40, 10), then of (10, 40, 200)."""
P3_JXL = bytes.fromhex(
    "ff0a41404226370200130800c800773fc8010050a132cab8c1cbb99e2f3f74584cdbb8ced056db16963036db"
    "0b83848433d8b878e19b233fe2ae8120292a4900"
)
"""By libjxl: 8x8 pixels of (200, 40, 10) in Display P3, which it states in numbers."""


def photo(pixels: Any, **values: Any) -> Photo:
    return Photo(pixels, metadata=Metadata(format="JPEG", **values))


@pytest.mark.parametrize("format", FORMATS)
def test_metadata_goes_in_and_comes_out_unchanged(format: Format) -> None:
    exif = exif_block(1, software="Acme 1.0", size=(80, 64))
    given = photo(smooth(64, 80), exif=exif, icc=DISPLAY_P3, xmp=XMP)
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


def deep_avif(depth: int, channels: str = "RGB", **options: Any) -> bytes:
    """Written by OpenCV: a smooth picture in all of its values."""
    pixels = smooth(64, 80).astype(np.uint32) * ((1 << depth) - 1) // 255
    samples = np.dstack([pixels[..., ::-1], pixels[..., 1]]).astype(np.uint16)
    samples = {"L": samples[..., 0], "RGB": samples[..., :3], "RGBA": samples}[channels]
    exif = np.frombuffer(options.get("exif", exif_block(1, software="Acme")), np.uint8)
    settings = [cv2.IMWRITE_AVIF_DEPTH, depth, cv2.IMWRITE_AVIF_QUALITY, 98]
    kinds = [cv2.IMAGE_METADATA_EXIF]
    return bytes(cv2.imencodeWithMetadata(".avif", samples, kinds, [exif], settings)[1])


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


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_profile_that_jpeg_xl_does_not_take_is_left_out_and_said(dtype: type) -> None:
    file = io.BytesIO()
    notes = write(photo(noise((16, 16, 3), dtype), icc=b"no profile"), file, "JPEG XL")
    assert "ICC profile" in notes[-1]
    assert decode(file.getvalue()).metadata.icc is None


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
    data = encode(photo(smooth(64, 64), xmp=packet), format)
    given = replace(decode(data), metadata=Metadata(format=format, xmp=packet))
    again = decode(encode(given, format))
    assert b"Version" not in (again.metadata.xmp or b"")
    assert b"Rating" in (again.metadata.xmp or b"")


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
        data = encode(photo(smooth(64, 64), exif=exif, xmp=XMP, icc=icc), "JPEG XL")
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
    made = encode(photo(smooth(64, 64)), "JPEG XL") + box(b"xml ", packet)
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
        assert decode(encode(photo(smooth(64, 64), icc=SRGB), format)).metadata.icc == SRGB
