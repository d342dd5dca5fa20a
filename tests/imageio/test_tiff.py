"""TIFF against tifffile, OpenCV and Pillow: depths, compressions, layouts, damage."""

import contextlib
import dataclasses
import io
import itertools
import struct
from typing import Any, get_args

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image, IptcImagePlugin
from PIL.TiffImagePlugin import ImageFileDirectory_v2, TiffImageFile

from litedenoise_sdk.errors import ImageError, ImageTooLarge, UnreadableImage, UnsupportedImage
from litedenoise_sdk.imageio import Photo, decode, encode, open_image
from litedenoise_sdk.imageio.encode import write
from litedenoise_sdk.imageio.photo import Format, Metadata
from tests.imageio.imageio_files import (
    MAKER_NOTE,
    SRGB,
    XMP,
    exif_block,
    jpeg,
    noise,
    smooth,
    tiff,
)

FORMATS_WITH_CAPTIONS: tuple[Format, ...] = ("TIFF", "JPEG", "PNG", "JPEG", "TIFF", "PNG", "TIFF")
DNG_VERSION = (50706, 1, 4, b"\1\4\0\0", True)
DTYPES = [np.uint8, np.uint16, np.float32]


def by_tifffile(array: Any, **options: Any) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, array, **{"metadata": None, **options})
    return file.getvalue()


def assert_same(photo: Photo, array: Any) -> None:
    expected, _ = open_image(array)
    assert photo.grey == expected.grey
    assert photo.pixels.dtype == array.dtype
    assert np.array_equal(photo.pixels, expected.pixels)
    assert (photo.alpha is None) == (expected.alpha is None)
    if photo.alpha is not None and expected.alpha is not None:
        assert np.array_equal(photo.alpha, expected.alpha)


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


@pytest.mark.parametrize("value", [np.nan, np.inf, -0.5, 1.5, 1000.0])
def test_floats_that_are_no_brightness_are_refused(value: float) -> None:
    array = noise((9, 7, 3), np.float32)
    array[3, 3, 1] = value
    with pytest.raises(UnsupportedImage, match=r"\[0, 1\]"):
        decode(by_tifffile(array, photometric="rgb"))


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


def test_a_profile_of_a_strange_kind_stops_nothing() -> None:
    inks = np.full((8, 12, 4), 40, np.uint8)
    info = ImageFileDirectory_v2()
    info[34675] = 5
    info.tagtype[34675] = 3
    assert "CMYK" in decode(tiff(Image.fromarray(inks, "CMYK"), tiffinfo=info)).notes[0]


def test_a_resolution_that_makes_no_sense_stops_nothing() -> None:
    photo = decode(tiff(smooth(8, 12), dpi=(4e9, 4e9)))
    assert photo.metadata.dpi is None
    for format in get_args(Format):
        assert decode(encode(photo, format)).pixels.shape == (8, 12, 3)


def test_jpeg_inside() -> None:
    photo = decode(tiff(smooth(40, 60), compression="jpeg", quality=95))
    assert abs(photo.pixels.astype(int) - smooth(40, 60)).max() < 12


def test_metadata_is_kept() -> None:
    source = tiff(
        smooth(8, 12),
        icc_profile=SRGB,
        dpi=(300, 150),
        tiffinfo={270: "a harbour", 315: "Somebody", 700: XMP, 33723: b"\x1c\x02\0\0"},
    )
    photo = decode(source)
    written = encode(photo, "TIFF")
    with TiffImageFile(io.BytesIO(written)) as image:
        tags = image.tag_v2
        assert tags[270] == "a harbour"
        assert tags[315] == "Somebody"
        assert tags[33723] == b"\x1c\x02\0\0"
        assert tags[305].startswith("litedenoise_sdk ")
        assert image.info["icc_profile"] == SRGB
        assert image.info["dpi"] == (300, 150)
        assert image.info["xmp"] == XMP
    again = decode(encode(photo, "JPEG"))
    assert again.metadata.icc == SRGB
    assert again.metadata.dpi == (300, 150)
    with Image.open(io.BytesIO(encode(photo, "JPEG"))) as image:
        assert image.getexif()[315] == "Somebody"


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_exif_of_a_jpeg_moves_nothing_in_a_tiff(dtype: type, order: str) -> None:
    block = exif_block(6, order=order, thumbnail=True)
    metadata = decode(jpeg(smooth(8, 12), exif=b"Exif\0\0" + block)).metadata
    array = noise((12, 8, 3), dtype)
    written = encode(Photo(array, metadata=metadata), "TIFF")
    assert written.index(MAKER_NOTE) == block.index(MAKER_NOTE)
    assert_same(decode(written), array)
    shallow = encode(Photo(noise((12, 8, 3)), metadata=metadata), "TIFF")
    with TiffImageFile(io.BytesIO(shallow)) as i:
        assert i.getexif()[0x010F] == "Acme Photo"
        assert i.getexif().get_ifd(0x8769)[0x927C] == MAKER_NOTE
        assert i.n_frames == 1
    # And back into an EXIF block.
    again = decode(written).metadata.exif
    assert again is not None
    exif = Image.Exif()
    exif.load(again)
    assert exif.get_ifd(0x8769)[0x927C] == MAKER_NOTE
    assert exif[0x010F] == "Acme Photo"


def test_gps_and_interoperability_directories_are_kept() -> None:
    tags = ImageFileDirectory_v2()
    tags[0x8825] = {1: "N"}
    tags[0x8769] = {0x9003: "2026:01:01 00:00:00", 0xA005: {1: "R98"}}
    photo = decode(tiff(smooth(8, 12), tiffinfo=tags))
    kept = Image.Exif()
    assert photo.metadata.exif is not None
    kept.load(photo.metadata.exif)
    assert kept.get_ifd(0x8825)[1] == "N"
    assert kept.get_ifd(0x8769)[0x9003] == "2026:01:01 00:00:00"
    assert kept.get_ifd(0xA005)[1] == "R98"


def test_broken_exif_is_left_out_of_a_tiff_and_said(tmp_path: Any) -> None:
    from litedenoise_sdk.imageio import save

    photo = Photo(smooth(8, 8), metadata=Metadata(exif=b"broken"))
    assert "EXIF" in save(photo, tmp_path / "a.tif")[0]
    assert_same(decode(tmp_path / "a.tif"), smooth(8, 8))


def test_pages_are_refused_with_their_number() -> None:
    data = by_tifffile(noise((3, 9, 7, 3)), photometric="rgb")
    with pytest.raises(UnsupportedImage, match="3 pages"):
        decode(data)


def test_a_preview_beside_the_picture_is_no_page() -> None:
    file = io.BytesIO()
    array = noise((9, 7, 3))
    with tifffile.TiffWriter(file) as writer:
        writer.write(array, photometric="rgb", metadata=None)
        writer.write(array[::2, ::2], photometric="rgb", subfiletype=1, metadata=None)
    assert_same(decode(file.getvalue()), array)


def test_raw_files_that_cannot_be_developed_are_refused() -> None:
    with pytest.raises(UnsupportedImage, match="raw file"):
        decode(by_tifffile(noise((9, 7, 3)), photometric="rgb", subfiletype=1))


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


def test_captions_move_between_containers() -> None:
    records = b"\x1c\x02\x78\0\x06A pond\x1c\x02\x19\0\x05frogs"
    photo = decode(encode(open_image(smooth(20, 30))[0], "JPEG"))
    photo = dataclasses.replace(
        photo, metadata=Metadata(format="TIFF", iptc=records, own=(("33723", records),))
    )
    for format in FORMATS_WITH_CAPTIONS:
        photo = decode(encode(photo, format))
        assert photo.metadata.iptc == records, format
    with Image.open(io.BytesIO(encode(photo, "JPEG"))) as written:
        assert IptcImagePlugin.getiptcinfo(written) == {(2, 120): b"A pond", (2, 25): b"frogs"}


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
