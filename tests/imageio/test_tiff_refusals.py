"""TIFF files that are refused: hostile, damaged, or of kinds that are not read."""

import contextlib
import io
import struct
from typing import Any

import numpy as np
import pytest
from PIL import Image

from litedenoise_sdk.errors import ImageError, ImageTooLarge, UnreadableImage, UnsupportedImage
from litedenoise_sdk.imageio import decode
from tests.imageio.imageio_files import (
    noise,
    smooth,
    tiff,
)
from tests.imageio.tiff_files import by_tifffile


@pytest.mark.parametrize("value", [np.nan, np.inf, -0.5, 1.5, 1000.0])
def test_floats_that_are_no_brightness_are_refused(value: float) -> None:
    array = noise((9, 7, 3), np.float32)
    array[3, 3, 1] = value
    with pytest.raises(UnsupportedImage, match=r"\[0, 1\]"):
        decode(by_tifffile(array, photometric="rgb"))


def test_pages_are_refused_with_their_number() -> None:
    data = by_tifffile(noise((3, 9, 7, 3)), photometric="rgb")
    with pytest.raises(UnsupportedImage, match="3 pages"):
        decode(data)


def test_raw_files_that_cannot_be_developed_are_refused() -> None:
    with pytest.raises(UnsupportedImage, match="raw file"):
        decode(by_tifffile(noise((9, 7, 3)), photometric="rgb", subfiletype=1))


def bomb(*fields: tuple[int, int, int, int], body: bytes = b"") -> bytes:
    """A TIFF file of (tag, kind, count, value); a value of -1 is the offset of ``body``."""
    at = 8 + 2 + 12 * len(fields) + 4
    entries = b"".join(struct.pack("<HHII", *f[:3], at if f[3] < 0 else f[3]) for f in fields)
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(fields)) + entries + bytes(4) + body


SIXTEEN = ((256, 4, 1, 16), (257, 4, 1, 16), (258, 3, 1, 8), (262, 3, 1, 1), (277, 3, 1, 1))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (bomb(*SIXTEEN, (322, 4, 1, 20_000), (323, 4, 1, 20_000), (324, 4, 1, 8)), "megapixels"),
        (bomb(*SIXTEEN, (322, 4, 1, 1), (323, 4, 1, 1), (324, 4, 1, 8)), "tiles are 1x1"),
        (bomb(*SIXTEEN, (273, 1, 250_000, -1), body=bytes(250_000)), "strips or tiles"),
        (bomb(*SIXTEEN, *[(65_000, 2, 9, -1)] * 60_000, body=bytes(9)), "TIFF tags"),
        (
            bomb(*SIXTEEN, *[(65_000, 2, 300_000, -1)] * 300, body=bytes(300_000)),
            "bytes of metadata",
        ),
    ],
    ids=["huge tile", "tiny tiles", "many strips", "many tags", "one value for many tags"],
)
def test_small_files_that_ask_for_much_are_refused(data: bytes, words: str) -> None:
    with pytest.raises(ImageError, match=words):
        decode(data)


def test_pointers_to_pointers_to_pointers_end() -> None:
    count = 300
    inner = 8 + 2 + 12 * (len(SIXTEEN) + 3 + count) + 4 + 256
    innermost = inner + 2 + 12 * count + 4
    picture = (*SIXTEEN, (273, 4, 1, inner - 256), (278, 4, 1, 16), (279, 4, 1, 256))
    body = bytes(256) + struct.pack("<H", count)
    body += struct.pack("<HHII", 0xA005, 4, 1, innermost) * count + bytes(4)
    body += struct.pack("<H", count) + struct.pack("<HHII", 0x9999, 3, 1, 1) * count + bytes(4)
    with pytest.raises(ImageTooLarge, match="TIFF tags"):
        decode(bomb(*picture, *[(0x8769, 4, 1, inner)] * count, body=body))


@pytest.mark.parametrize(
    "array",
    [noise((9, 7), np.uint32), noise((9, 7, 3), np.float32).astype(np.float64)],
    ids=["uint32", "float64"],
)
def test_other_depths_are_refused(array: Any) -> None:
    with pytest.raises(UnsupportedImage, match="not read; expected"):
        decode(by_tifffile(array, photometric="rgb" if array.ndim == 3 else "minisblack"))


def test_cmyk_with_alpha_is_named_and_not_called_damaged() -> None:
    data = by_tifffile(noise((9, 7, 5)), photometric="separated", extrasamples=["unassalpha"])
    with pytest.raises(UnsupportedImage, match="CMYK with 5 channels of 8 bits"):
        decode(data)


def test_16_bit_cmyk_is_refused() -> None:
    data = by_tifffile(noise((9, 7, 4), np.uint16), photometric="separated")
    with pytest.raises(UnsupportedImage, match="16 bits"):
        decode(data)


@pytest.mark.parametrize("compression", [None, "deflate"])
def test_every_cut_in_the_pixels_is_noticed(compression: str | None) -> None:
    data = by_tifffile(noise((9, 7, 3), np.uint16), photometric="rgb", compression=compression)
    for length in range(4, len(data) - 3, 11):
        with pytest.raises(UnreadableImage):
            decode(data[:length])


def test_bombs_are_refused_by_their_header() -> None:
    data = bytearray(by_tifffile(noise((9, 7, 3)), photometric="rgb"))
    for tag in (256, 257):
        at = (
            data.index(struct.pack("<HHI", tag, 4, 1))
            if struct.pack("<HHI", tag, 4, 1) in data
            else data.index(struct.pack("<HHI", tag, 3, 1))
        )
        data[at + 2 : at + 12] = struct.pack("<HII", 4, 1, 30_000)
    with pytest.raises(ImageTooLarge, match="900"):
        decode(bytes(data))


def test_a_second_height_opens_no_back_door() -> None:
    data = bytearray(tiff(Image.fromarray(noise((20, 30, 3))).quantize(16)))
    at = data.index(struct.pack("<HHI", 284, 3, 1))  # planar configuration
    data[at : at + 12] = struct.pack("<HHII", 257, 4, 1, 30_000)
    # Which of the two counts is Pillow's choice; both ways the limit has to hold.
    with contextlib.suppress(ImageTooLarge):
        assert decode(bytes(data), max_pixels=600).size.area == 600


def test_a_directory_chain_that_bites_its_tail_ends() -> None:
    data = bytearray(by_tifffile(noise((9, 7, 3)), photometric="rgb"))
    first = struct.unpack_from("<I", data, 4)[0]
    count = struct.unpack_from("<H", data, first)[0]
    struct.pack_into("<I", data, first + 2 + 12 * count, first)
    assert decode(bytes(data)).size.area == 63


@pytest.mark.parametrize("seed", range(40))
def test_damage_raises_nothing_but_our_errors(seed: int) -> None:
    from litedenoise_sdk.errors import ImageError

    generator = np.random.default_rng(seed)
    data = bytearray(by_tifffile(noise((9, 7, 3), np.uint16), photometric="rgb"))
    for at in generator.integers(0, 250, 6):
        data[at] = generator.integers(0, 256)
    with contextlib.suppress(ImageError):
        decode(bytes(data), max_pixels=10_000)


@pytest.mark.parametrize("compression", ["tiff_lzw", "lzma", "jpeg", "group4"])
def test_libtiff_prints_nothing(compression: str, capfd: pytest.CaptureFixture[str]) -> None:
    file = io.BytesIO()
    pixels = smooth(24, 32)
    Image.fromarray(pixels[..., 0] > 90 if compression == "group4" else pixels).save(
        file, "TIFF", compression=compression
    )
    data = file.getvalue()
    for place in range(8, len(data), 23):
        with contextlib.suppress(ImageError):
            decode(data[:place] + b"\xff\xff" + data[place + 2 :])
    assert capfd.readouterr() == ("", "")
