"""AVIF files whose streams are larger than they say: decoders would decode them whole."""

import io
import struct
from dataclasses import replace

import pytest
from PIL import Image

from litedenoise_sdk.errors import ImageTooLarge, UnreadableImage
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio import decode
from litedenoise_sdk.imageio.boxes import box
from litedenoise_sdk.imageio.heif.av1 import check_streams
from litedenoise_sdk.imageio.heif.container import Item, container_bytes, read_container

STATED = Size(20, 30)
UNIT, REDUCED = b"\x0a", 1


def _avif(width: int, height: int, mode: str = "RGB", **options: object) -> bytes:
    file = io.BytesIO()
    Image.new(mode, (width, height)).save(file, "AVIF", **options)
    return file.getvalue()


def _of(stream: bytes) -> bytes:
    """A file that says that its only picture, which is this stream, is 20x30."""
    container = read_container(_avif(30, 20))
    item = replace(container.items[1], data=stream)
    return container_bytes(replace(container, items={1: item}))


def _unit(*fields: tuple[int, int]) -> bytes:
    """A sequence header of (value, bits)."""
    bits = "".join(f"{value:0{count}b}" for value, count in fields)
    content = int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")
    return UNIT + bytes((len(content),)) + content


SIZE = ((15, 4), (15, 4), (4_999, 16), (3_999, 16))
MODEL = ((1, 1), (9, 5), (7, 32), (0, 10))
POINT, LOW_POINT = ((0, 12), (8, 5), (1, 1)), ((0, 12), (3, 5))
DELAYS = ((1, 1), (0, 21))


@pytest.mark.parametrize(
    "header",
    [
        ((0, 4), (REDUCED, 1), (8, 5), *SIZE),
        ((0, 4), (0, 1), (0, 1), (0, 1), (0, 5), *POINT, *SIZE),
        ((0, 4), (0, 1), (0, 1), (1, 1), (1, 5), *POINT, (1, 1), (5, 4), *LOW_POINT, (0, 1), *SIZE),
        ((0, 4), (0, 1), (1, 1), (1, 32), (2, 32), (0, 1), (0, 1), (0, 1), (0, 5), *POINT, *SIZE),
        ((0, 4), (0, 1), (1, 1), (1, 32), (2, 32), (1, 1), (0, 3), (1, 1), (5, 3), *MODEL, (0, 1),
         (1, 5), *POINT, *DELAYS, *LOW_POINT, (0, 1), *SIZE),
    ],
    ids=["reduced", "plain", "delays of display", "timing", "decoder model"],
)  # fmt: skip
def test_every_sequence_header_tells_its_size(header: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(UnreadableImage, match="20x30 pixels, and holds one of 4000x5000"):
        check_streams(_of(b"\x12\0" + _unit(*header)), STATED, 10**9)


def test_a_stream_is_no_larger_than_the_file_says() -> None:
    data = _avif(300, 200).replace(struct.pack(">II", 300, 200), struct.pack(">II", 30, 20))
    with pytest.raises(UnreadableImage, match="20x30 pixels, and holds one of 200x300"):
        decode(data)
    with pytest.raises(ImageTooLarge):
        decode(data, max_pixels=1_000)


def test_neither_is_that_of_its_transparency() -> None:
    container = read_container(_avif(300, 200, "RGBA"))
    items = dict(container.items)
    (alpha,) = [id for id, item in items.items() if item.refers(b"auxl")]
    items[alpha] = _stating(items[alpha], 30, 20)
    with pytest.raises(UnreadableImage, match="holds one of 200x300"):
        decode(container_bytes(replace(container, items=items)))


def _stating(item: Item, width: int, height: int) -> Item:
    size = box(b"ispe", bytes(4) + struct.pack(">II", width, height))
    others = [one for one in item.properties if one[1][4:8] != b"ispe"]
    return replace(item, properties=(*others, (False, size)))


def test_nor_those_of_a_sequence() -> None:
    more = [Image.new("RGB", (300, 200), "red")]
    data = _avif(300, 200, save_all=True, append_images=more)
    assert decode(data, first_frame=True).size == Size(200, 300)
    with pytest.raises(UnreadableImage, match="20x30 pixels, and holds one of 200x300"):
        check_streams(data, STATED, 10**9)


def test_encoders_may_fill_up_their_blocks() -> None:
    check_streams(_of(_unit((0, 4), (REDUCED, 1), (8, 5), (7, 4), (7, 4), (63, 8), (63, 8))),
                  STATED, 10**9)  # fmt: skip


def test_units_are_bounded() -> None:
    with pytest.raises(ImageTooLarge, match="units of AV1"):
        check_streams(_of(b"\x12\0" * 50_001), STATED, 10**9)


@pytest.mark.parametrize("stream", [b"", b"\x0e", b"\x0a", b"\x0a\xff", b"\x08\0", b"\x0a\0"])
def test_streams_that_are_cut_short_say_nothing(stream: bytes) -> None:
    check_streams(_of(stream), STATED, 10**9)
