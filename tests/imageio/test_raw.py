"""Camera raw: files that the tests make of clean pictures, developed, denoised and written."""

import io
import struct
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from litedenoise_sdk import Denoiser
from litedenoise_sdk.cli.main import main
from litedenoise_sdk.errors import ImageTooLarge, UnreadableImage, UnsupportedImage
from litedenoise_sdk.imageio import decode, encode
from litedenoise_sdk.imageio.raw_exif import read_exif
from litedenoise_sdk.quality import psnr
from tests.imageio.imageio_files import exif_block, jpeg, smooth
from tests.imageio.raw_files import box, dng

CANON = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")


def test_a_raw_file_is_developed_as_documented() -> None:
    picture = smooth(64, 96)
    photo = decode(dng(picture))
    assert photo.pixels.dtype == np.uint16
    assert photo.notes == ()
    # Without the border, and without what is beyond the other colours' white.
    difference = photo.pixels[4:-4, 4:-4] / 257 - picture[4:-4, 4:-4]
    assert abs(difference).mean() < 1


def test_brightness_does_not_depend_on_the_brightest_pixel() -> None:
    dim = np.full((32, 32, 3), 60, np.uint8)
    assert abs(decode(dng(dim)).pixels / 257 - 60).max() < 1


@pytest.mark.parametrize("photons", [500, 150])
def test_the_result_is_better_than_rawpy_alone(photons: int) -> None:
    # Made smaller, the noisy sample is a clean picture.
    picture = np.asarray(Image.open("samples/noisy.jpg").reduce(4))[:192, :256]
    clean = decode(dng(picture)).pixels
    noisy = decode(dng(picture, photons=photons, read_noise=0.003)).pixels
    with Denoiser(precision="int8") as denoiser:
        ours = denoiser.denoise(noisy)
    assert psnr(clean, ours) > psnr(clean, noisy) + 1


def test_exif_is_that_of_the_raw_file_without_what_its_sensor_needs() -> None:
    data = dng(smooth(32, 48), tags=((274, 3, 1, 6, True), (33434, 5, 1, (1, 50), True)))
    photo = decode(data)
    assert photo.size.width == 32  # turned once
    exif = Image.Exif()
    exif.load(photo.metadata.exif or b"")
    assert exif[0x0110] == "Acme One"
    assert exif[0x0112] == 1
    assert not any(tag >= 50706 or tag in (33421, 33422) for tag in exif)
    for format in ("TIFF", "JPEG"):
        again = decode(encode(photo, format))
        assert b"Acme One" in (again.metadata.exif or b"")
    with tifffile.TiffFile(io.BytesIO(encode(photo, "TIFF"))) as file:
        assert file.pages[0].dtype == np.uint16
        assert 50706 not in file.pages[0].tags


def test_olympus_and_panasonic_marks_are_understood() -> None:
    block = exif_block(1)
    for mark in (b"IIRO", b"IIU\0"):
        assert b"Acme Photo" in (read_exif(mark + block[4:]) or b"")


def test_fujifilm_has_it_in_its_jpeg() -> None:
    inside = jpeg(smooth(16, 16), exif=b"Exif\0\0" + exif_block(1))
    data = b"FUJIFILMCCD-RAW ".ljust(84, b"\0") + struct.pack(">II", 92, len(inside)) + inside
    assert b"Acme Photo" in (read_exif(data) or b"")


def test_canon_has_it_in_boxes() -> None:
    entries = struct.pack("<HHHI4sI", 1, 0x829A, 4, 1, b"\7\0\0\0", 0)
    exposure = b"II*\0\x08\0\0\0" + entries
    long_value = struct.pack("<HHHIII", 1, 0x0006, 2, 9, 26, 0) + b"Acme One\0"
    canon = CANON + box(b"CMT1", exif_block(1)) + box(b"CMT2", exposure)
    canon += box(b"CMT3", b"II*\0\x08\0\0\0" + long_value)
    data = box(b"ftyp", b"crx isom") + box(b"moov", box(b"uuid", canon))
    exif = Image.Exif()
    block = read_exif(data) or b""
    exif.load(block)
    assert exif[0x010F] == "Acme Photo"
    assert exif.get_ifd(0x8769)[0x829A] == 7
    note = exif.get_ifd(0x8769)[0x927C]
    assert struct.unpack_from("<HHHI", note) == (1, 0x0006, 2, 9)
    (at,) = struct.unpack_from("<I", note, 10)
    assert block[at : at + 9] == b"Acme One\0"


def test_damaged_and_foreign_raw_files_are_refused() -> None:
    data = dng(smooth(64, 64))
    with pytest.raises((UnreadableImage, UnsupportedImage)):
        decode(b"FUJIFILMCCD-RAW " + bytes(200))
    with pytest.raises((UnreadableImage, UnsupportedImage)):
        decode(data[: len(data) // 4])
    with pytest.raises(ImageTooLarge):
        decode(data, max_pixels=1_000)


def test_without_rawpy_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rawpy", None)
    with pytest.raises(UnsupportedImage, match=r"litedenoise-sdk\[raw\]"):
        decode(dng(smooth(32, 32)))


def test_the_commands_write_tiff_or_what_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.dng").write_bytes(dng(smooth(64, 64)))
    options: list[Any] = ["--precision", "int8", "--quiet"]
    assert main(["denoise", str(tmp_path / "in"), "-o", str(tmp_path / "out"), *options]) == 0
    assert main(["batch", str(tmp_path / "in"), str(tmp_path / "batch"), *options]) == 0
    one = str(tmp_path / "in/a.dng")
    assert main(["denoise", one, "-o", str(tmp_path / "a.jpg"), *options]) == 0
    assert decode(tmp_path / "out/a.tif").pixels.dtype == np.uint16
    assert decode(tmp_path / "batch/a.dng.tif").metadata.exif is not None
    assert decode(tmp_path / "a.jpg").metadata.format == "JPEG"
