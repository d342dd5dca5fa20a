"""HEIC, AVIF, BMP, GIF, PPM and JPEG 2000, as other libraries wrote them."""

import io
import sys
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from litedenoise_sdk.cli.main import main
from litedenoise_sdk.errors import ImageTooLarge, UnreadableImage, UnsupportedImage
from litedenoise_sdk.imageio import decode, encode
from litedenoise_sdk.imageio.boxes import box, boxes
from litedenoise_sdk.imageio.exif import read_orientation
from tests.imageio.imageio_files import SRGB, XMP, exif_block, noise, smooth

PACKET = XMP.replace(b'tiff:Orientation="6" ', b"")


def by_pillow(array: Any, format: str, **options: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(array).save(file, format, **options)
    return file.getvalue()


def heic(array: Any, **options: Any) -> bytes:
    file = io.BytesIO()
    mode = {3: "RGB", 4: "RGBA"}[array.shape[2]] + (";16" if array.dtype == np.uint16 else "")
    image = pillow_heif.from_bytes(mode, array.shape[1::-1], array.tobytes())
    image.save(file, quality=-1, chroma=444, matrix_coefficients=0, **options)
    return file.getvalue()


@pytest.mark.parametrize(
    ("format", "options"),
    [("BMP", {}), ("PPM", {}), ("JPEG2000", {"irreversible": False})],
)
def test_lossless_formats_are_read_to_the_bit(format: str, options: dict[str, Any]) -> None:
    array = noise((40, 33, 3))
    photo = decode(by_pillow(array, format, **options))
    assert np.array_equal(photo.pixels, array)
    assert np.array_equal(decode(encode(photo, "PNG")).pixels, array)
    assert photo.metadata.format == "PNG"
    assert photo.notes == ()


def test_single_gifs_are_read() -> None:
    array = noise((40, 33))
    assert np.array_equal(decode(by_pillow(array, "GIF")).pixels[..., 0], array)


def test_deep_ppm_stays_deep() -> None:
    grey, colour = noise((9, 7), np.uint16), noise((9, 7, 3), np.uint16)
    photo = decode(b"P5\n7 9\n65535\n" + grey.astype(">u2").tobytes())
    assert np.array_equal(photo.pixels[..., 0], grey)
    data = b"P6\n# by hand\n7 9\n65535\n" + colour.astype(">u2").tobytes()
    photo = decode(data)
    assert np.array_equal(photo.pixels, colour)
    assert photo.notes == ()
    text = b" ".join(b"%d" % value for value in colour.ravel())
    plain = decode(b"P3\n7 9\n65535\n" + text)
    assert abs(plain.pixels - colour / 257).max() <= 1
    assert "rounded to 8" in plain.notes[0]
    ten = decode(b"P6\n7 9\n1023\n" + (colour >> 6).astype(">u2").tobytes())
    assert abs(ten.pixels.astype(int) - colour).max() <= 64
    assert ten.pixels.max() <= 65_535
    with pytest.raises(UnreadableImage):
        decode(data[:-20])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_avif_is_turned_once_and_keeps_its_metadata(orientation: int) -> None:
    options = {"quality": 100, "subsampling": "4:4:4", "icc_profile": SRGB, "xmp": PACKET}
    exif = b"Exif\0\0" + exif_block(orientation)
    with Image.open(io.BytesIO(by_pillow(smooth(40, 64), "AVIF", exif=exif, **options))) as image:
        expected = np.asarray(_upright(image))
    photo = decode(by_pillow(smooth(40, 64), "AVIF", exif=exif, **options))
    assert np.array_equal(photo.pixels, expected)
    assert read_orientation(photo.metadata.exif) == 1
    assert photo.metadata.icc == SRGB
    assert photo.metadata.xmp is not None


def _upright(image: Image.Image) -> Image.Image:
    from PIL import ImageOps

    return ImageOps.exif_transpose(image)


def test_heic_keeps_exif_icc_xmp_and_transparency() -> None:
    array = np.dstack([smooth(64, 80), noise((64, 80))])
    photo = decode(heic(array, exif=exif_block(1), xmp=PACKET))
    assert photo.alpha is not None
    assert abs(photo.pixels.astype(int) - array[..., :3]).max() <= 3
    assert photo.metadata.exif is not None
    assert b"Acme Photo" in photo.metadata.exif
    assert photo.metadata.xmp == PACKET
    assert decode(encode(photo, "PNG")).metadata.xmp == PACKET


def test_heic_is_turned_once() -> None:
    image = pillow_heif.from_pillow(Image.fromarray(smooth(64, 80)))
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(file, quality=-1, exif=exif.tobytes())
    photo = decode(file.getvalue())
    assert read_orientation(photo.metadata.exif) == 1
    expected = smooth(64, 80) if photo.size.width == 80 else np.rot90(smooth(64, 80), -1)
    assert abs(photo.pixels.astype(int) - expected).max() <= 12


def test_ten_bits_of_heic_fill_sixteen() -> None:
    ramp = np.linspace(0, 65535, 64).astype(np.uint16)
    array = np.broadcast_to(ramp[:, np.newaxis], (64, 64, 3)).copy()
    photo = decode(heic(array))
    assert photo.pixels.dtype == np.uint16
    assert photo.pixels.max() == 65535
    assert abs(photo.pixels.astype(int) - array).max() <= 400


def test_bombs_and_animations_are_refused() -> None:
    for data in (by_pillow(smooth(64, 64), "AVIF"), heic(smooth(64, 64))):
        with pytest.raises(ImageTooLarge):
            decode(data, max_pixels=4_000)
        with pytest.raises(UnreadableImage):
            decode(data[:200])
    file = io.BytesIO()
    frames = [Image.fromarray(noise((16, 16, 3), seed=seed)) for seed in range(3)]
    frames[0].save(file, "AVIF", save_all=True, append_images=frames[1:])
    with pytest.raises(UnsupportedImage, match="anima"):
        decode(file.getvalue())


def test_heic_without_its_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(UnsupportedImage, match=r"litedenoise-sdk\[heif\]"):
        decode(heic(smooth(64, 64)))


def test_the_commands_take_them(tmp_path: Any) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.heic").write_bytes(heic(smooth(64, 64)))
    (tmp_path / "in/b.bmp").write_bytes(by_pillow(smooth(40, 40), "BMP"))
    names = [str(tmp_path / "in"), str(tmp_path / "out"), str(tmp_path / "batch")]
    options = ["--precision", "int8", "--quiet"]
    assert main(["denoise", names[0], "-o", names[1], *options]) == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.heic", "b.png"]
    assert main(["batch", names[0], names[2], *options]) == 0
    assert sorted(p.name for p in (tmp_path / "batch").iterdir()) == ["a.heic", "b.bmp.png"]
    assert main(["batch", names[0], names[2], *options]) == 0


def gif_with(*extensions: bytes) -> bytes:
    data = by_pillow(noise((40, 33)), "GIF")
    at = 13 + 3 * 2 ** ((data[10] & 7) + 1)
    return data[:at] + b"".join(extensions) + data[at:]


def test_xmp_and_profile_of_gif_come_along_and_its_comment_is_noted() -> None:
    trailer = b"\x01" + bytes(range(255, -1, -1)) + b"\0"
    blocks = b"".join(
        bytes((len(SRGB[at : at + 255]),)) + SRGB[at : at + 255] for at in range(0, len(SRGB), 255)
    )
    photo = decode(
        gif_with(
            b"\x21\xff\x0bXMP DataXMP" + XMP + trailer,
            b"\x21\xff\x0bICCRGBG1012" + blocks + b"\0",
            b"\x21\xfe\x05a sea\0",
        )
    )
    assert photo.metadata.xmp == XMP
    assert photo.metadata.icc == SRGB
    assert ["comment" in note for note in photo.notes] == [True]


def test_metadata_of_jpeg_2000_comes_along() -> None:
    data = by_pillow(smooth(40, 64), "JPEG2000")
    exif, records = exif_block(1, size=(64, 40)), b"\x1c\x02\x78\0\x06A pond"
    uuids = {
        b"JpgTiffExif->JP2": exif,
        bytes.fromhex("be7acfcb97a942e89c71999491e3afac"): XMP,
        bytes.fromhex("33c7a4d2b81d4723a0baf1a3e097ad38"): records,
    }
    at = data.index(b"jp2h") - 4
    end = at + int.from_bytes(data[at : at + 4], "big")
    header = b"".join(
        box(kind, b"\2\0\0" + SRGB if kind == b"colr" else content)
        for kind, content in boxes(data[at + 8 : end])
    )
    behind = b"".join(box(b"uuid", name + content) for name, content in uuids.items())
    metadata = decode(data[:at] + box(b"jp2h", header) + behind + data[end:]).metadata
    assert (metadata.exif, metadata.xmp, metadata.iptc) == (exif, XMP, records)
    assert metadata.icc == SRGB
