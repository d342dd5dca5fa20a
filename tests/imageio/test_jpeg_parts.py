"""JPEG in parts: Pillow never holds the whole picture, and nobody can tell from the pixels."""

import io
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio import Photo, decode, encode
from litedenoise_sdk.imageio.canvas import Canvas
from litedenoise_sdk.imageio.jpeg.decoder import JpegRows
from litedenoise_sdk.imageio.jpeg.segments import find_segments
from litedenoise_sdk.imageio.photo import JpegHints, Metadata, repeat_grey
from tests.imageio.imageio_files import jpeg, noise

TABLES = (tuple(range(1, 65)), tuple(range(2, 66)))


def pixels_of(data: bytes) -> NDArray[Any]:
    return np.asarray(Image.open(io.BytesIO(data)))


@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("grey", [False, True])
def test_parts_make_the_picture_that_one_piece_makes(
    subsampling: int, grey: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = noise((309, 75, 3))
    photo = Photo(
        repeat_grey(picture[..., 0]) if grey else picture,
        grey=grey,
        metadata=Metadata(format="JPEG", xmp=b"<x/>", jpeg=JpegHints(TABLES, subsampling, False)),
    )
    at_once = encode(photo, "JPEG")
    monkeypatch.setattr("litedenoise_sdk.imageio.jpeg.encoder._PART_PX", 75 * 32)
    in_parts = encode(photo, "JPEG")
    restarts = [bytes((0xFF, 0xD0 + number % 8)) for number in range(9)]
    assert not any(marker in at_once for marker in restarts)
    assert all(marker in in_parts for marker in restarts)
    np.testing.assert_array_equal(pixels_of(in_parts), pixels_of(at_once))
    assert find_segments(in_parts).end == len(in_parts)
    assert decode(in_parts).metadata == decode(at_once).metadata


class Watched(Canvas):
    """Remembers how many rows came at a time."""

    def __init__(self, size: Size) -> None:
        super().__init__(size, 3, np.dtype(np.uint8), 1)
        self.came: list[int] = []

    def write(self, top: int, left: int, piece: NDArray[Any]) -> None:
        assert (top, left) == (sum(self.came), 0)
        self.came.append(len(piece))
        super().write(top, left, piece)


@pytest.mark.parametrize("subsampling", [0, 2])
def test_rows_leave_the_decoder_while_it_works(subsampling: int) -> None:
    data = jpeg(noise((700, 400, 3)), quality=95, subsampling=subsampling)
    canvas = Watched(Size(700, 400))
    with JpegRows(io.BytesIO(data)) as image:
        image.decode_into(canvas)
    np.testing.assert_array_equal(canvas.pixels, pixels_of(data))
    assert sum(canvas.came) == 700
    assert max(canvas.came) < 350
