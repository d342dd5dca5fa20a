"""Files of formats without quantization tables stay about as large as they were."""

import io
from typing import Any

import numpy as np
import pillow_heif
import pylibjxl
import pytest
from numpy.typing import NDArray
from PIL import Image

from litedenoise_sdk.imageio import Format, Metadata, Photo, decode, encode
from litedenoise_sdk.imageio.heif.container import read_container
from litedenoise_sdk.imageio.photo import LossyHints
from litedenoise_sdk.imageio.room import best_that_fits
from tests.imageio.imageio_files import noise, smooth, webp


def grainy() -> NDArray[np.uint8]:
    grained: NDArray[np.uint8] = smooth(96, 128) // 2 + noise((96, 128, 3)) // 4
    return grained


def written(format: Format, quality: int, **options: Any) -> bytes:
    file = io.BytesIO()
    image = Image.fromarray(grainy())
    match format:
        case "HEIC":
            pillow_heif.from_pillow(image).save(file, quality=quality, **options)
        case "JPEG XL":
            return pylibjxl.encode(grainy(), distance=(100 - quality) / 20)
        case _:
            image.save(file, format, quality=quality, **options)
    return file.getvalue()


@pytest.mark.parametrize("quality", [50, 75])
@pytest.mark.parametrize("format", ["WEBP", "HEIC", "AVIF", "JPEG XL"])
def test_a_file_stays_as_large_as_its_source(format: Format, quality: int) -> None:
    source = written(format, quality)
    photo = decode(source)
    again = encode(photo, format)
    assert 0.7 < len(again) / len(source) < 1.15
    assert abs(decode(again).pixels.astype(int) - photo.pixels).mean() < 16


@pytest.mark.parametrize("known", [None, Metadata("HEIC", lossy=LossyHints(0.001, 0))])
def test_the_best_is_taken_where_it_fits_or_nothing_is_known(known: Metadata | None) -> None:
    roomy = Metadata("AVIF", lossy=LossyHints(24.0, 0))
    best = encode(Photo(grainy(), metadata=roomy), "AVIF")
    assert encode(Photo(grainy(), metadata=known or Metadata()), "AVIF") == best


@pytest.mark.parametrize("chroma", [420, 444])
def test_heic_keeps_its_sampling_of_colour(chroma: int) -> None:
    data = encode(decode(written("HEIC", 80, chroma=chroma)), "HEIC")
    container = read_container(data)
    stated = container.items[container.primary].property_of(b"hvcC") or b""
    assert stated[16] & 3 == {420: 1, 444: 3}[chroma]


@pytest.mark.parametrize("subsampling", ["4:2:0", "4:4:4"])
def test_avif_keeps_its_sampling_of_colour(subsampling: str) -> None:
    data = encode(decode(written("AVIF", 80, subsampling=subsampling)), "AVIF")
    container = read_container(data)
    stated = container.items[container.primary].property_of(b"av1C") or b""
    assert stated[2] & 0x0C == {"4:2:0": 0x0C, "4:4:4": 0}[subsampling]


def test_webp_without_loss_stays_without_loss() -> None:
    source = decode(webp(grainy()))
    assert source.metadata.lossy is None
    assert np.array_equal(decode(encode(source, "WEBP")).pixels, source.pixels)


def test_large_photos_are_judged_by_a_sample() -> None:
    areas = []

    def picture_bytes(sample: Photo, setting: float) -> int:
        areas.append(sample.size.area)
        assert sample.metadata.exif is None
        return round(setting * sample.size.area / 100)

    pixels = np.broadcast_to(np.uint8(0), (900, 1200, 3))
    known = Metadata(format="WEBP", exif=b"long", lossy=LossyHints(0.62))
    photo = Photo(pixels, pixels[..., 0], metadata=known)
    assert best_that_fits(photo, "WEBP", (90, 80, 70, 60, 50), picture_bytes) == 60
    assert best_that_fits(photo, "WEBP", (90, 80, 70), picture_bytes) == 70
    assert set(areas) == {(3 * 192) ** 2}
