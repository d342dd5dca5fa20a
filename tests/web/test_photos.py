"""Picture files in and out of the browser, held to what the SDK makes of the same files."""

import io
import struct
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps
from playwright.sync_api import Browser

from litedenoise_sdk import Denoiser
from litedenoise_sdk.imageio.colour import from_cicp
from tests.imageio.imageio_files import chunk, exif_block, jpeg, noise, png, smooth
from tests.imageio.test_followers import second_picture, ultra_hdr
from tests.web.conftest import PATIENCE_MS, pixels_of, run

WIDE = from_cicp(bytes([12, 13, 0, 1]))
"""Display P3, which a browser that manages colours would change."""

MAKE, ORIENTATION, SOFTWARE = 0x010F, 0x0112, 0x0131


def speckled(channels: int = 3) -> NDArray[np.uint8]:
    values = smooth(48, 64).astype(int) + noise((48, 64, 3)) // 8
    pixels = values.clip(0, 255).astype(np.uint8)
    alpha = (np.arange(48 * 64).reshape(48, 64, 1) % 256).astype(np.uint8)
    return np.concatenate([pixels, alpha], axis=2) if channels == 4 else pixels


def saved(pixels: NDArray[np.uint8], format: str, **options: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format, **options)
    return file.getvalue()


def with_gamma(data: bytes) -> bytes:
    """A PNG file that says it has a gamma of 1."""
    behind = 8 + 25
    return data[:behind] + chunk(b"gAMA", struct.pack(">I", 100_000)) + data[behind:]


FILES = {
    "turned": jpeg(speckled(), quality=95, subsampling=0, icc_profile=WIDE,
                   exif=b"Exif\0\0" + exif_block(6)),
    "subsampled": jpeg(speckled(), quality=80, subsampling=2, dpi=(300, 300)),
    "grey": jpeg(speckled()[..., 0], quality=92),
    "transparent": saved(speckled(4), "PNG", icc_profile=WIDE),
    "gamma": with_gamma(saved(speckled(), "PNG")),
    "webp": saved(speckled(4), "WEBP", lossless=True, exact=True, icc_profile=WIDE),
    "avif": saved(speckled(), "AVIF", quality=90, icc_profile=WIDE, exif=exif_block(6)),
    "upright_hdr": ultra_hdr(),
    "turned_hdr": ultra_hdr(6),
}  # fmt: skip


BAD = {
    "deep": (png(noise((20, 30, 3), np.uint16), 2, 16), "UnsupportedImage", "litedenoise denoise"),
    "tiff": (saved(speckled(), "TIFF"), "UnsupportedImage", "litedenoise denoise"),
    "raw": (b"FUJIFILMCCD-RAW 0201" + bytes(100), "UnsupportedImage", "litedenoise denoise"),
    "cmyk": (jpeg(Image.new("CMYK", (30, 20))), "UnsupportedImage", "CMYK"),
    "cut_jpeg": (FILES["grey"][:-400], "UnreadableImage", "cut short"),
    "cut_png": (FILES["transparent"][:-400], "UnreadableImage", "cut short"),
    "cut_webp": (FILES["webp"][:-400], "UnreadableImage", "cut short"),
    "empty": (b"", "UnreadableImage", "empty"),
    "text": (b"no picture at all, whatever its name says", "UnreadableImage", "cannot decode"),
    "huge": (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
        + chunk(b"IEND", b""),
        "ImageTooLarge",
        "megapixels",
    ),
}


@pytest.fixture(scope="module")
def results(browser: Browser, site: str) -> Iterator[dict[str, dict[str, object]]]:
    """What the page makes of every file: its result, or the error and its message."""
    page = browser.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(site)
    found = run(
        page,
        """
        const denoiser = await Denoiser.open({ threads: 1 });
        const results = {};
        for (const [name, file] of Object.entries(given)) {
          try {
            const restoration = await denoiser.restore(file);
            const { notes } = restoration;
            results[name] = await pack(await restoration.file());
            results[`${name} notes`] = notes.join("; ");
          } catch (error) {
            results[name] = [error.name, error.message];
          }
        }
        return results;
        """,
        **FILES,
        **{name: data for name, (data, _, _) in BAD.items()},
    )
    yield found
    page.close()


def by_the_sdk(data: bytes) -> bytes:
    with Denoiser("int8", "cpu") as denoiser:
        return denoiser.denoise(data)


def assert_as_near_as_the_sdk(name: str, found: bytes) -> None:
    """A JPEG file is hardly further from the denoised pixels than the SDK's: encoders differ."""
    with Image.open(io.BytesIO(FILES[name])) as image:
        photo = np.asarray(ImageOps.exif_transpose(image))
    with Denoiser("int8", "cpu") as denoiser:
        denoised = denoiser.denoise(photo)
    ours, theirs = (psnr(pixels_of(data), denoised) for data in (found, by_the_sdk(FILES[name])))
    assert ours > theirs - 1


def psnr(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    return float(10 * np.log10(255**2 / np.square(one.astype(float) - other).mean()))


@pytest.mark.parametrize("name", ["transparent", "gamma", "webp"])
def test_what_has_no_loss_equals_the_sdk(results: dict[str, bytes], name: str) -> None:
    with Image.open(io.BytesIO(results[name])) as image:
        assert image.format == "PNG"
        assert image.info.get("icc_profile") == (None if name == "gamma" else WIDE)
        assert image.info.get("gamma") == (1 if name == "gamma" else None)
    np.testing.assert_array_equal(pixels_of(results[name]), pixels_of(by_the_sdk(FILES[name])))


def test_jpeg_is_upright_and_keeps_its_metadata(results: dict[str, bytes]) -> None:
    with Image.open(io.BytesIO(results["turned"])) as image:
        assert image.size == (48, 64)
        assert image.info["icc_profile"] == WIDE
        exif = image.getexif()
    with Image.open(io.BytesIO(by_the_sdk(FILES["turned"]))) as image:
        wanted = image.getexif()
    assert exif[ORIENTATION] == 1
    assert exif.pop(SOFTWARE).startswith("litedenoise ")
    assert dict(exif) == {tag: value for tag, value in wanted.items() if tag != SOFTWARE}
    assert_as_near_as_the_sdk("turned", results["turned"])


def test_avif_is_upright_and_keeps_its_metadata_as_png(results: dict[str, bytes]) -> None:
    with Image.open(io.BytesIO(results["avif"])) as image:
        assert image.format == "PNG"
        assert image.size == (48, 64)
        assert image.info["icc_profile"] == WIDE
        exif = image.getexif()
    assert exif[MAKE] == "Acme Photo"
    assert exif[SOFTWARE].startswith("litedenoise ")
    assert exif.get(ORIENTATION, 1) == 1


def test_jpeg_is_compressed_like_its_source(results: dict[str, bytes]) -> None:
    with (
        Image.open(io.BytesIO(FILES["subsampled"])) as before,
        Image.open(io.BytesIO(results["subsampled"])) as after,
    ):
        assert after.quantization[0] == before.quantization[0]  # type: ignore[attr-defined]
        assert [one[1:3] for one in after.layer] == [(2, 2), (1, 1), (1, 1)]  # type: ignore[attr-defined]
        assert after.info["dpi"] == (300, 300)
    assert_as_near_as_the_sdk("subsampled", results["subsampled"])


def test_grey_stays_grey(results: dict[str, bytes]) -> None:
    with Image.open(io.BytesIO(results["grey"])) as image:
        assert image.mode == "L"
    assert_as_near_as_the_sdk("grey", results["grey"])


def test_a_gain_map_follows_its_picture_or_its_claims_go(results: dict[str, bytes]) -> None:
    assert second_picture(results["upright_hdr"]).size == (16, 10)
    assert b'hdrgm:Version="1.0"' in results["upright_hdr"]
    assert not results["upright_hdr notes"]
    assert "gain map" in str(results["turned_hdr notes"])
    assert b"hdrgm:Version" not in results["turned_hdr"]
    assert b'xmp:Rating="4"' in results["turned_hdr"]


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_refused_with_a_reason(results: dict[str, list[str]], name: str) -> None:
    _, kind, words = BAD[name]
    assert results[name][0] == kind
    assert words in results[name][1]
