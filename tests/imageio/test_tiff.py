"""TIFF against tifffile, OpenCV and Pillow: depths, compressions, layouts, pages."""

import io
import itertools
import struct
from typing import Any

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image

from litedenoise_sdk.errors import UnsupportedImage
from litedenoise_sdk.imageio import decode, encode, open_image
from litedenoise_sdk.imageio.encode import write
from tests.imageio.imageio_files import (
    noise,
    smooth,
    tiff,
)
from tests.imageio.tiff_files import DTYPES, assert_same, by_tifffile

DNG_VERSION = (50706, 1, 4, b"\1\4\0\0", True)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    "shape", [(37, 53, 3), (37, 53, 4), (37, 53), (1, 1, 3), (1, 40, 3), (40, 1, 3), (1, 1)]
)
def test_written_files_are_read_back_and_read_by_others(
    shape: tuple[int, ...], dtype: type
) -> None:
    array = noise(shape, dtype)
    photo, _ = open_image(array)
    data = encode(photo, "TIFF")
    assert_same(decode(data), array)
    if dtype is not np.float32:  # tifffile needs a further package for its predictor
        assert np.array_equal(tifffile.imread(io.BytesIO(data)), array)
    if shape[2:] != (4,):  # OpenCV multiplies by alpha
        other: Any = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
        assert np.array_equal(other[..., ::-1] if other.ndim == 3 else other, array)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(37, 53, 3), (37, 53, 4), (37, 53)])
def test_layouts_of_tifffile(shape: tuple[int, ...], dtype: type) -> None:
    array = noise(shape, dtype)
    for order, tile, compression, planar, big in itertools.product(
        "<>", (None, (16, 32)), (None, "deflate", "lzma"), ("contig", "separate"), (False, True)
    ):
        options: dict[str, Any] = {"photometric": "minisblack"}
        if len(shape) == 3:
            options = {"photometric": "rgb", "planarconfig": planar}
            if shape[2] == 4:
                options["extrasamples"] = ["unassalpha"]
        written = np.moveaxis(array, -1, 0) if options.get("planarconfig") == "separate" else array
        predictor = compression is not None and dtype is not np.float32
        data = by_tifffile(
            written,
            byteorder=order,
            tile=tile,
            compression=compression,
            predictor=predictor or None,
            bigtiff=big,
            rowsperstrip=None if tile else 5,
            **options,
        )
        assert_same(decode(data), array)


LZW, DEFLATE, OLD_DEFLATE, PACKBITS = 5, 8, 32946, 32773
FLOATING_POINT = 3
PREDICTORS = [(1, dtype) for dtype in DTYPES] + [(2, dtype) for dtype in DTYPES]


@pytest.mark.parametrize("compression", [LZW, DEFLATE, OLD_DEFLATE, PACKBITS])
@pytest.mark.parametrize(("predictor", "dtype"), [*PREDICTORS, (FLOATING_POINT, np.float32)])
def test_compressions_and_predictors_of_libtiff(
    predictor: int, compression: int, dtype: type
) -> None:
    for shape in ((37, 53, 3), (37, 53, 4), (37, 53)):
        array = noise(shape, dtype)
        array[:20, :20] = array[0, 0]  # something to compress
        swapped = array if len(shape) == 2 else array[..., [2, 1, 0, 3][: shape[2]]]
        options = [
            cv2.IMWRITE_TIFF_COMPRESSION,
            compression,
            cv2.IMWRITE_TIFF_PREDICTOR,
            predictor,
        ]
        data = cv2.imencode(".tif", swapped, options)[1].tobytes()
        assert_same(decode(data), array)


def test_one_uncompressed_strip_larger_than_a_band(monkeypatch: pytest.MonkeyPatch) -> None:
    from litedenoise_sdk.imageio import canvas

    monkeypatch.setattr(canvas, "BAND_BYTES", 1000)
    array = noise((37, 53, 3), np.uint16)
    assert_same(decode(by_tifffile(array, photometric="rgb", rowsperstrip=37)), array)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_white_may_be_zero(dtype: type) -> None:
    array = noise((9, 7), dtype)
    photo = decode(by_tifffile(array, photometric="miniswhite"))
    assert np.array_equal(photo.pixels[..., 0], np.iinfo(dtype).max - array)


@pytest.mark.parametrize("dtype", DTYPES)
def test_premultiplied_colours_become_straight(dtype: type) -> None:
    top = 1 if dtype is np.float32 else np.iinfo(dtype).max
    straight = noise((9, 7, 3), dtype)
    alpha: Any = np.full((9, 7, 1), top, dtype)
    alpha[3:] = dtype(top * 0.5) if dtype is np.float32 else top // 2
    alpha[6:] = 0
    stored = (straight.astype(np.float64) * alpha / top).round(12)
    stored = stored.astype(dtype) if dtype is np.float32 else np.rint(stored).astype(dtype)
    data = by_tifffile(
        np.concatenate((stored, alpha), axis=2), photometric="rgb", extrasamples=["assocalpha"]
    )
    photo = decode(data)
    assert photo.alpha is not None
    assert np.array_equal(photo.alpha, alpha[..., 0])
    error = abs(photo.pixels[:6].astype(np.float64) - straight[:6])
    assert error.max() <= (1e-6 if dtype is np.float32 else 1.01)
    assert photo.pixels[6:].max() == 0


def test_half_floats_become_floats() -> None:
    array = noise((9, 7, 3), np.float32).astype(np.float16)
    photo = decode(by_tifffile(array, photometric="rgb"))
    assert np.array_equal(photo.pixels, array.astype(np.float32))


@pytest.mark.parametrize("shape", [(9, 7, 3), (9, 7)])
def test_small_overshoots_are_clipped_and_said(shape: tuple[int, ...]) -> None:
    array = noise(shape, np.float32)
    array[0, 0], array[1, 1] = -0.005, 1.005
    photo = decode(by_tifffile(array, photometric="rgb" if shape[2:] else "minisblack"))
    assert np.array_equal(photo.pixels[..., 0], array.clip(0, 1).reshape(9, 7, -1)[..., 0])
    assert "clipped" in photo.notes[0]


@pytest.mark.parametrize("mode", ["1", "P", "L", "LA", "RGB", "RGBA"])
def test_pillow_modes(mode: str) -> None:
    image = Image.fromarray(noise((20, 33, 4))).convert(mode)
    photo = decode(tiff(image))
    expected = np.asarray(image.convert("RGBA"))
    assert np.array_equal(photo.pixels, expected[..., :3])
    if photo.alpha is not None:
        assert np.array_equal(photo.alpha, expected[..., 3])


def test_cmyk_becomes_srgb() -> None:
    inks = np.zeros((4, 4, 4), np.uint8)
    inks[..., 0] = 255
    photo = decode(tiff(Image.fromarray(inks, "CMYK")))
    assert photo.pixels[0, 0].tolist() == [0, 255, 255]
    assert photo.metadata.icc is not None
    assert "CMYK" in photo.notes[0]


@pytest.mark.parametrize("first", [True, False])
def test_a_preview_may_come_first_or_second(first: bool) -> None:
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        pages = [(smooth(16, 24), 1), (smooth(64, 96), 0)]
        for pixels, kind in pages if first else reversed(pages):
            writer.write(pixels, photometric="rgb", subfiletype=kind, metadata=None)
    assert np.array_equal(decode(file.getvalue()).pixels, smooth(64, 96))


@pytest.mark.parametrize("kind", [0, 2])
def test_pages_are_counted_however_they_are_called(kind: int) -> None:
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        for _ in range(2):
            writer.write(smooth(16, 24), photometric="rgb", subfiletype=kind, metadata=None)
    with pytest.raises(UnsupportedImage, match="2 pages"):
        decode(file.getvalue())


def test_jpeg_inside() -> None:
    photo = decode(tiff(smooth(40, 60), compression="jpeg", quality=95))
    assert abs(photo.pixels.astype(int) - smooth(40, 60)).max() < 12


def test_a_preview_beside_the_picture_is_no_page() -> None:
    file = io.BytesIO()
    array = noise((9, 7, 3))
    with tifffile.TiffWriter(file) as writer:
        writer.write(array, photometric="rgb", metadata=None)
        writer.write(array[::2, ::2], photometric="rgb", subfiletype=1, metadata=None)
    assert_same(decode(file.getvalue()), array)


def test_a_developed_picture_may_carry_the_version_of_its_raw_file() -> None:
    array = noise((9, 7, 3), np.uint16)
    assert_same(decode(by_tifffile(array, photometric="rgb", extratags=[DNG_VERSION])), array)


@pytest.mark.parametrize("planar", ["contig", "separate"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize(
    ("extra", "alpha"),
    [(["unspecified"], None), (["unspecified"] * 2, None), (["unspecified", "unassalpha"], 4)],
)
def test_channels_that_are_no_alpha_stay_what_they_are(
    planar: str, dtype: type, extra: list[str], alpha: int | None
) -> None:
    array = noise((40, 33, 3 + len(extra)), dtype)
    stored = np.moveaxis(array, 2, 0) if planar == "separate" else array
    data = by_tifffile(stored, photometric="rgb", planarconfig=planar, extrasamples=extra)
    photo = decode(data)
    masks = [channel for channel in range(3, array.shape[2]) if channel != alpha]
    assert photo.masks is not None
    assert np.array_equal(photo.pixels, array[..., :3])
    assert np.array_equal(photo.masks, array[..., masks])
    assert (photo.alpha is None) == (alpha is None)
    with tifffile.TiffFile(io.BytesIO(encode(photo, "TIFF"))) as written:
        order = [0, 1, 2, *([] if alpha is None else [alpha]), *masks]
        assert np.array_equal(written.asarray(), array[..., order])
        kinds = [int(kind) for kind in written.pages[0].extrasamples]
        assert kinds == [2] * (alpha is not None) + [0] * len(masks)
    file = io.BytesIO()
    notes = write(photo, file, "PNG")
    assert f"{len(masks)} channels beside colour and alpha were left out" in notes


@pytest.mark.parametrize("compression", [None, "zlib"])
def test_tiles_may_be_listed_as_strips(compression: str | None) -> None:
    array = noise((70, 50, 3))
    data = bytearray(by_tifffile(array, photometric="rgb", tile=(32, 32), compression=compression))
    (at,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, at)
    for entry in range(at + 2, at + 2 + 12 * count, 12):
        (tag,) = struct.unpack_from("<H", data, entry)
        struct.pack_into("<H", data, entry, {324: 273, 325: 279}.get(tag, tag))
    assert_same(decode(bytes(data)), array)


@pytest.mark.parametrize("dtype", [np.int8, np.int16])
def test_signed_values_are_shifted_and_said(dtype: type) -> None:
    info = np.iinfo(dtype)
    array: Any = np.random.default_rng(0).integers(info.min, info.max + 1, (9, 7, 3)).astype(dtype)
    photo = decode(by_tifffile(array, photometric="rgb"))
    assert np.array_equal(photo.pixels.astype(np.int64) + info.min, array)
    assert "signed" in photo.notes[0]
