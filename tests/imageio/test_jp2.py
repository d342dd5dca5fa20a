"""JPEG 2000 files of a few hundred bytes whose codestream asks for hours or gigabytes."""

import io
import struct

import numpy as np
import pytest
from PIL import Image

from litedenoise_sdk.errors import ImageTooLarge, UnreadableImage
from litedenoise_sdk.imageio import decode
from litedenoise_sdk.imageio.boxes import box
from tests.imageio.imageio_files import smooth

SMALL = (3, 3)
"""Exponents, less two, of code-blocks of 32x32."""


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">HH", 0xFF00 | marker, 2 + len(content)) + content


def _coding(
    block: tuple[int, int] = SMALL, layers: int = 1, precincts: bytes = b"", levels: int = 5
) -> bytes:
    said = struct.pack(">BBHB", bool(precincts), 0, layers, 1)
    return _segment(0x52, said + bytes((levels, *block, 0, 1)) + precincts)


def _of_channel(block: tuple[int, int]) -> bytes:
    return _segment(0x53, bytes((0, 0, 5, *block, 0, 1)))


def _stream(
    side: int, coding: bytes, *, tile: int = 0, in_tile: bytes = b"", packets: int = 20_000
) -> bytes:
    """A codestream of three channels, of which one tile is there, without anything in it."""
    sides = struct.pack(">8I", side, side, 0, 0, tile or side, tile or side, 0, 0)
    head = _segment(0x51, b"\0\0" + sides + struct.pack(">H", 3) + b"\7\1\1" * 3)
    steps = _segment(0x5C, b"\x40" + b"\x40" * 16)
    part = in_tile + b"\xff\x93" + bytes(packets)
    tile_part = _segment(0x90, struct.pack(">HIBB", 0, 12 + len(part), 0, 1)) + part
    return b"\xff\x4f" + head + coding + steps + tile_part + b"\xff\xd9"


def _saved(pixels: object, **options: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG2000", **options)  # type: ignore[arg-type]
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (_stream(2_000, _coding(), tile=16), "15625 tiles"),
        (_stream(4_000, _coding(block=(0, 0))), "code-blocks"),
        (_stream(4_000, _coding(precincts=b"\x11" * 6)), "code-blocks"),
        (_stream(4_000, _coding() + _of_channel((0, 0))), "code-blocks"),
        (_stream(4_000, _coding(), in_tile=_coding(block=(0, 0))), "code-blocks"),
        (_stream(4_000, _coding(), in_tile=_of_channel((0, 0))), "code-blocks"),
        (_stream(4_000, _coding(layers=65_535, precincts=b"\x77" * 6)), "packets"),
        (_stream(3_000, _coding(layers=65_535), tile=100), "packets"),
    ],
    ids=["tiles", "blocks", "precincts", "of a channel", "of a tile", "of its channel", "layers",
         "layers of tiles"],
)  # fmt: skip
def test_what_a_codestream_asks_for_is_bounded(data: bytes, words: str) -> None:
    with pytest.raises(ImageTooLarge, match=words):
        decode(data)


def test_parts_of_tiles_are_bounded() -> None:
    data = _stream(64, _coding(), packets=0)
    part = data[data.index(b"\xff\x90") : -2]
    with pytest.raises(ImageTooLarge, match="parts of tiles"):
        decode(data[:-2] + part * 100_000)


def test_a_large_picture_in_a_few_bytes_is_refused() -> None:
    with pytest.raises(UnreadableImage, match=r"bytes for 400\.0 megapixels"):
        decode(_stream(20_000, _coding(), packets=64))


def test_the_picture_is_as_large_as_the_header_says() -> None:
    data = _saved(smooth(40, 64))
    with pytest.raises(UnreadableImage, match="40x64 pixels, its picture 41x64"):
        decode(data.replace(struct.pack(">II", 64, 40), struct.pack(">II", 64, 41)))


def test_a_stream_that_no_header_leads_to_does_not_count() -> None:
    """A sound one in a box before the picture's hides nothing."""
    data, bomb = _saved(smooth(40, 64)), _stream(4_000, _coding(block=(0, 0)))
    at = data.index(b"jp2c") - 4
    head = data[:at].replace(struct.pack(">II", 40, 64), struct.pack(">II", 4_000, 4_000))
    with pytest.raises(ImageTooLarge, match="code-blocks"):
        decode(head + box(b"uuid", bytes(16) + data[at + 8 :]) + box(b"jp2c", bomb))
    with pytest.raises(UnreadableImage, match="holds no picture"):
        decode(head + box(b"uuid", bytes(16) + data[at + 8 :]))


@pytest.mark.parametrize(
    "wrong",
    [
        _stream(64, _segment(0x99, b"") + _coding()),
        _stream(64, b"\xff\x52\0\0"),
        _stream(64, _segment(0x52, b"")),
        _stream(64, _coding(), in_tile=_segment(0x52, b"\0")),
        _stream(64, _coding()).replace(
            struct.pack(">IBB", 20_014, 0, 1), bytes((0, 0, 0, 1, 0, 1))
        ),
    ],
    ids=["unknown marker", "no length", "no coding", "none of a tile", "a part of one byte"],
)
def test_codestreams_that_make_no_sense_are_refused(wrong: bytes) -> None:
    with pytest.raises(UnreadableImage):
        decode(wrong)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"no_jp2": True},
        {"tile_size": (64, 64)},
        {"codeblock_size": (16, 16), "num_resolutions": 2},
        {"precinct_size": (128, 128), "codeblock_size": (32, 32), "progression": "RPCL"},
        {"quality_mode": "rates", "quality_layers": [40, 20, 10], "plt": True},
    ],
    ids=str,
)
def test_what_encoders_write_is_read(options: dict[str, object]) -> None:
    pixels = smooth(200, 300)
    difference = decode(_saved(pixels, **options)).pixels.astype(int) - pixels
    assert np.abs(difference).max() <= (0 if "quality_mode" not in options else 30)
