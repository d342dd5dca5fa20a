"""PNG files that are cut, damaged or hostile."""

import contextlib
import zlib

import numpy as np
import pytest
from PIL import Image

from litedenoise_sdk.errors import ImageTooLarge, UnreadableImage, UnsupportedImage
from litedenoise_sdk.imageio import decode
from tests.imageio.imageio_files import (
    chunk,
    noise,
    pillow_png,
    png,
    smooth,
)


def test_what_follows_the_end_is_left_out_with_a_note() -> None:
    photo = decode(pillow_png(smooth(8, 8)) + b"more")
    assert ["followed the end" in note for note in photo.notes] == [True]
    assert np.array_equal(photo.pixels, smooth(8, 8))


@pytest.mark.parametrize("depth", [8, 16])
def test_every_cut_is_noticed(depth: int) -> None:
    array = noise((4, 5, 3), np.uint16 if depth == 16 else np.uint8)
    data = png(array if depth == 16 else array.reshape(4, -1), 2, depth, size=(5, 4))
    decode(data)
    for length in range(8, len(data)):
        with pytest.raises(UnreadableImage):
            decode(data[:length], strict=True)
        with contextlib.suppress(UnreadableImage):
            assert "ends early" in decode(data[:length]).notes[0]


@pytest.mark.parametrize("missing", [4, 12])
def test_a_missing_end_marker_costs_nothing_but_a_note(missing: int) -> None:
    data = pillow_png(smooth(30, 40))
    photo = decode(data[:-missing])
    assert "ends early" in photo.notes[0]
    np.testing.assert_array_equal(photo.pixels, smooth(30, 40))


def test_rows_above_the_damage_are_read() -> None:
    array = noise((100, 50, 3))
    data = bytearray(pillow_png(array))
    data[len(data) * 3 // 4] ^= 0xFF
    photo = decode(bytes(data))
    assert "checksum" in photo.notes[0]
    np.testing.assert_array_equal(photo.pixels[:60], array[:60])
    cut = decode(pillow_png(array)[: len(data) * 3 // 4])
    assert "rows are missing" in cut.notes[1]
    np.testing.assert_array_equal(cut.pixels[:60], array[:60])


def test_more_chunks_and_metadata_than_any_photo_has_are_refused() -> None:
    array = noise((4, 5, 3), np.uint16)
    with pytest.raises(ImageTooLarge, match="PNG chunks"):
        decode(png(array, 2, 16, chunk(b"acTL", b"") * 200_001))
    big = chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(bytes(31_000_000), 9))
    with pytest.raises(ImageTooLarge, match="bytes of metadata"):
        decode(png(array, 2, 16, big * 3))


def test_damaged_pixels_are_noticed() -> None:
    data = bytearray(png(noise((4, 5, 3), np.uint16), 2, 16))
    data[data.index(b"IDAT") + 12] ^= 0xFF
    with pytest.raises(UnreadableImage, match="checksum"):
        decode(bytes(data), strict=True)


@pytest.mark.parametrize(("depth", "colour_type"), [(3, 0), (16, 3), (8, 5), (4, 2)])
def test_impossible_headers(depth: int, colour_type: int) -> None:
    data = png(noise((4, 4, 3), np.uint16), colour_type, depth)
    with pytest.raises(UnreadableImage):
        decode(data)


def test_bombs_are_refused_by_their_header() -> None:
    data = png(noise((1, 1, 3), np.uint16), 2, 16, size=(30_000, 30_000))
    with pytest.raises(ImageTooLarge, match=r"30000 x 30000 = 900\.0 megapixels"):
        decode(data)
    with pytest.raises(ImageTooLarge):
        decode(png(noise((4, 5, 3), np.uint16), 2, 16), max_pixels=19)
    decode(png(noise((4, 5, 3), np.uint16), 2, 16), max_pixels=20)


def test_more_pixels_than_pillow_allows_by_itself_are_no_bomb(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = pillow_png(noise((4, 5, 3)))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 4)
    assert decode(data).size.area == 20


def test_animations_are_refused_with_their_frames() -> None:
    frames = [Image.fromarray(noise((4, 4, 3), seed=seed)) for seed in range(3)]
    data = pillow_png(frames[0], save_all=True, append_images=frames[1:])
    with pytest.raises(UnsupportedImage, match="3 frames"):
        decode(data)
