"""JPEG: quality, subsampling, CMYK, and everything its markers say."""

import contextlib
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms, JpegImagePlugin

from litedenoise_sdk.errors import ImageTooLarge, OutputError, UnreadableImage, UnsupportedImage
from litedenoise_sdk.imageio import Photo, decode, encode, open_image
from litedenoise_sdk.imageio.encode import write
from litedenoise_sdk.imageio.photo import MAX_JPEG_EXIF_BYTES, Metadata, repeat_grey
from tests.imageio.imageio_files import MAKER_NOTE, SRGB, XMP, exif_block, jpeg, noise, smooth


def opened(data: bytes) -> Any:
    return JpegImagePlugin.JpegImageFile(io.BytesIO(data))


def luminance_table_mean(data: bytes) -> float:
    return float(np.mean(opened(data).quantization[0]))


@pytest.mark.parametrize("subsampling", [0, 1, 2])
def test_subsampling_and_progression_are_those_of_the_source(subsampling: int) -> None:
    photo = decode(jpeg(smooth(40, 60), subsampling=subsampling, progressive=subsampling == 1))
    written = opened(encode(photo, "JPEG"))
    assert JpegImagePlugin.get_sampling(written) == subsampling
    assert ("progressive" in written.info) == (subsampling == 1)


def test_422_turned_by_a_quarter_becomes_444() -> None:
    photo = decode(jpeg(smooth(40, 60), subsampling=1, exif=b"Exif\0\0" + exif_block(6)))
    assert JpegImagePlugin.get_sampling(opened(encode(photo, "JPEG"))) == 0


def test_pictures_without_a_jpeg_source_are_written_at_95_and_444() -> None:
    photo, _ = open_image(smooth(40, 60))
    data = encode(photo, "JPEG")
    assert JpegImagePlugin.get_sampling(opened(data)) == 0
    assert luminance_table_mean(data) == luminance_table_mean(jpeg(smooth(8, 8), quality=95))


@pytest.mark.parametrize("quality", [30, 75, 95, 100])
@pytest.mark.parametrize("orientation", [1, 6])
def test_the_quantization_is_that_of_the_source(quality: int, orientation: int) -> None:
    exif = b"Exif\0\0" + exif_block(orientation)
    source = jpeg(smooth(40, 60), quality=quality, exif=exif)
    (before, *_), (after, *_) = (
        opened(data).quantization.values() for data in (source, encode(decode(source), "JPEG"))
    )
    table = np.reshape(before, (8, 8))
    np.testing.assert_array_equal(np.reshape(after, (8, 8)), table.T if orientation == 6 else table)


def test_a_photo_that_is_written_unchanged_does_not_grow() -> None:
    blurred = Image.fromarray(noise((400, 600, 3))).resize((900, 600))
    source = jpeg(blurred, quality=90, subsampling=2)
    assert len(encode(decode(source), "JPEG")) < 1.05 * len(source)


def test_grey_stays_grey() -> None:
    photo = decode(jpeg(smooth(20, 30)[..., 0]))
    assert photo.grey
    assert opened(encode(photo, "JPEG")).mode == "L"


def test_exif_icc_xmp_resolution_captions_and_comment_are_kept() -> None:
    captions = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0\0\0\0\x04\x1c\x02\0\0"
    extended = b"http://ns.adobe.com/xmp/extension/\0" + b"x" * 100
    extra = b"".join(
        bytes((0xFF, 0xE0 + app)) + (len(body) + 2).to_bytes(2, "big") + body
        for app, body in ((13, captions), (1, extended))
    )
    exif = exif_block(1, software="Firmware 1.0", thumbnail=True)
    source = jpeg(
        smooth(40, 60),
        exif=b"Exif\0\0" + exif,
        icc_profile=SRGB,
        xmp=XMP,
        dpi=(300, 300),
        comment=b"a comment",
        extra=extra,
    )
    written = encode(decode(source), "JPEG")
    image = opened(written)
    assert image.info["icc_profile"] == SRGB
    assert image.info["xmp"] == XMP
    assert image.info["dpi"] == (300, 300)
    assert image.info["comment"] == b"a comment"
    segments = [body for _, body in image.applist]
    assert segments.count(captions) == 1
    assert segments.count(extended) == 1
    assert image.getexif().get_ifd(0x8769)[0x927C] == MAKER_NOTE
    assert image.getexif()[0x0131] == "Firmware 1.0"
    assert written.count(b"Exif\0\0") == 1


def test_a_profile_in_several_segments_is_kept() -> None:
    profile = SRGB + bytes(150_000)
    photo = decode(jpeg(smooth(8, 8), icc_profile=profile))
    assert photo.metadata.icc == profile
    assert decode(encode(photo, "JPEG")).metadata.icc == profile


def test_broken_exif_is_kept_and_stops_nothing() -> None:
    broken = b"II*\0\xff\xff\xff\x7fwhatever"
    photo = decode(jpeg(smooth(8, 12), exif=b"Exif\0\0" + broken))
    assert photo.metadata.exif == broken
    assert decode(encode(photo, "JPEG")).metadata.exif == broken


def test_what_does_not_fit_into_a_segment_is_left_out_and_said(tmp_path: Any) -> None:
    from litedenoise_sdk.imageio import save

    metadata = Metadata(exif=b"II*\0\xff\xff\xff\x7f" + bytes(70_000))
    notes = save(Photo(smooth(8, 8), metadata=metadata), tmp_path / "a.jpg")
    assert notes == ("JPEG holds at most 64 kB of EXIF: 70008 bytes were left out",)
    assert decode(tmp_path / "a.jpg").metadata.exif is None


def test_exif_that_is_too_long_loses_its_longest_values_alone() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x9C9C] = "Acme", b"n" * 100
    below = exif.get_ifd(0x8769)
    below[0x9003], below[0x927C] = "2026:01:02 03:04:05", b"MAKER" * 20_000
    exif.get_ifd(0x8825)[1] = "N"
    file = io.BytesIO()
    photo = Photo(smooth(8, 8), metadata=Metadata(exif=exif.tobytes()[6:]))
    (note,) = write(photo, file, "JPEG")
    assert "values of more than 65527 bytes were left out" in note
    with Image.open(file) as image:
        found = image.getexif()
        assert (found[0x010F], found[0x9C9C]) == ("Acme", b"n" * 100)
        assert found.get_ifd(0x8769)[0x9003] == "2026:01:02 03:04:05"
        assert 0x927C not in found.get_ifd(0x8769)
        assert found.get_ifd(0x8825)[1] == "N"


def test_space_that_no_tag_uses_goes_first() -> None:
    photo = Photo(smooth(8, 8), metadata=Metadata(exif=exif_block(1) + bytes(70_000)))
    with Image.open(io.BytesIO(encode(photo, "JPEG"))) as image:
        assert image.getexif().get_ifd(0x8769)[0x927C] == MAKER_NOTE


def test_xmp_that_is_too_long_is_stored_apart() -> None:
    texts = b"".join(b"<a:t%d>%b</a:t%d>" % (i, b"x" * 9_000, i) for i in range(20))
    body = b'<rdf:Description rdf:about="" xmlns:a="urn:a">' + texts + b"</rdf:Description>"
    packet = (
        b'<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        + body
        + b'</rdf:RDF></x:xmpmeta>   <?xpacket end="w"?>'
    )
    file = io.BytesIO()
    assert write(Photo(smooth(8, 8), metadata=Metadata(xmp=packet)), file, "JPEG") == ()
    photo = decode(file.getvalue())
    assert photo.metadata.xmp is not None
    assert len(photo.metadata.xmp) < 500
    again = decode(encode(decode(encode(photo, "JPEG")), "PNG")).metadata.xmp
    assert again is not None
    assert body in again
    assert b"HasExtendedXMP" not in again


def test_exif_that_fits_only_without_the_software_tag_is_kept_without_it() -> None:
    exif = exif_block(1, size=(8, 8)).ljust(MAX_JPEG_EXIF_BYTES, b"\0")
    photo = decode(jpeg(smooth(8, 8), exif=b"Exif\0\0" + exif))
    assert decode(encode(photo, "JPEG")).metadata.exif == exif


def test_transparency_is_put_on_white() -> None:
    array = np.zeros((16, 16, 4), np.uint8)
    array[:, 8:, 3] = 255
    photo, _ = open_image(array)
    pixels = decode(encode(photo, "JPEG")).pixels
    assert pixels[:, :6].min() > 245
    assert pixels[:, 10:].max() < 10


@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
def test_deeper_photos_are_rounded_to_8_bits(dtype: type) -> None:
    eight = smooth(40, 60)
    deep = eight.astype(np.uint16) * 257 if dtype is np.uint16 else eight.astype(np.float32) / 255
    assert encode(Photo(deep.astype(dtype)), "JPEG") == encode(Photo(eight), "JPEG")


@pytest.mark.parametrize("with_profile", [False, True])
def test_adobe_cmyk_is_not_inverted(with_profile: bool) -> None:
    # Pure cyan, magenta, yellow, then black and paper.
    inks = np.zeros((16, 80, 4), np.uint8)
    for index, ink in enumerate(((255, 0, 0, 0), (0, 255, 0, 0), (0, 0, 255, 0), (0, 0, 0, 255))):
        inks[:, 16 * index : 16 * (index + 1)] = ink
    options = {"icc_profile": SRGB} if with_profile else {}  # of another space: not usable
    data = jpeg(Image.fromarray(inks, "CMYK"), **options)
    assert b"Adobe" in data
    photo = decode(data)
    colours = photo.pixels[8, 8::16].astype(int)
    expected = [[0, 255, 255], [255, 0, 255], [255, 255, 0], [0, 0, 0], [255, 255, 255]]
    assert abs(colours - expected).max() <= 4
    assert "CMYK" in photo.notes[0]
    assert photo.metadata.icc is not None
    profile = ImageCms.ImageCmsProfile(io.BytesIO(photo.metadata.icc))
    assert "sRGB" in ImageCms.getProfileDescription(profile)


def test_the_first_picture_of_an_mpo_file_is_taken() -> None:
    first, second = Image.fromarray(smooth(20, 30)), Image.fromarray(smooth(10, 10))
    file = io.BytesIO()
    first.save(file, "MPO", save_all=True, append_images=[second])
    photo = decode(file.getvalue())
    assert photo.pixels.shape == (20, 30, 3)
    with Image.open(io.BytesIO(encode(photo, "JPEG"))) as written:
        assert (written.format, written.n_frames) == ("MPO", 2)  # type: ignore[attr-defined]
        written.seek(1)
        assert written.size == (10, 10)


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 50, 3), (50, 1, 3), (1, 1)])
def test_the_smallest_pictures(shape: tuple[int, ...]) -> None:
    photo, _ = open_image(np.full(shape, 128, np.uint8))
    assert decode(encode(photo, "JPEG")).pixels.shape == (*shape[:2], 3)


@pytest.mark.parametrize("progressive", [False, True])
def test_every_cut_is_noticed(progressive: bool) -> None:
    data = jpeg(noise((24, 24, 3)), progressive=progressive)
    decode(data)
    for length in range(3, len(data) - 2, 7):
        with pytest.raises(UnreadableImage):
            decode(data[:length], strict=True)
        with contextlib.suppress(UnreadableImage):
            assert "ends early" in decode(data[:length]).notes[0]


@pytest.mark.parametrize("progressive", [False, True])
def test_a_missing_end_marker_costs_nothing_but_a_note(progressive: bool) -> None:
    data = jpeg(noise((24, 24, 3)), progressive=progressive)
    photo = decode(data[:-2])
    (note,) = photo.notes
    assert "its end marker is missing" in note
    np.testing.assert_array_equal(photo.pixels, decode(data).pixels)


def test_missing_rows_are_counted_and_half_a_picture_is_refused() -> None:
    data = jpeg(noise((160, 160, 3)))
    photo = decode(data[: len(data) * 4 // 5])
    assert "of 160 rows are missing" in photo.notes[0]
    np.testing.assert_array_equal(photo.pixels[:96], decode(data).pixels[:96])
    with pytest.raises(UnreadableImage, match="of its 160 rows are there"):
        decode(data[: len(data) // 4])


def test_other_depths_and_short_headers_are_named() -> None:
    data = bytearray(jpeg(smooth(8, 8)))
    frame = data.index(b"\xff\xc0")
    data[frame + 4] = 12
    with pytest.raises(UnsupportedImage, match="12 bits"):
        decode(bytes(data))
    data[frame + 4], data[frame + 9] = 8, 4
    with pytest.raises(UnreadableImage, match="names 4 components"):
        decode(bytes(data))


def test_thousands_of_scans_are_refused() -> None:
    data = jpeg(smooth(64, 64), progressive=True)
    last = data.rindex(b"\xff\xda")
    with pytest.raises(ImageTooLarge, match="scans"):
        decode(data[:-2] + data[last:-2] * 1000 + data[-2:])


def test_bombs_are_refused_by_their_header() -> None:
    data = bytearray(jpeg(smooth(8, 8)))
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = (30_000).to_bytes(2, "big") * 2
    with pytest.raises(ImageTooLarge, match="900"):
        decode(bytes(data))


def test_more_pixels_than_pillow_allows_by_itself_are_no_bomb(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = jpeg(smooth(8, 8))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 4)
    assert decode(data).size.area == 64


def test_sides_that_jpeg_cannot_hold() -> None:
    with pytest.raises(OutputError, match="65500"):
        encode(Photo(repeat_grey(np.zeros((1, 65_536), np.uint8)), grey=True), "JPEG")
