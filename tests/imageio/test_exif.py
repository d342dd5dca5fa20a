"""Edits of EXIF blocks: what is not changed keeps its bytes and its place."""

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio import decode, encode
from litedenoise_sdk.imageio.exif import (
    bare,
    first_directory,
    make_upright,
    read_orientation,
    stamp,
)
from litedenoise_sdk.imageio.photo import Format
from tests.imageio.imageio_files import MAKER_NOTE, exif_block, jpeg, smooth

SIZE = Size(30, 20)


def tags(block: bytes) -> Image.Exif:
    exif = Image.Exif()
    exif.load(b"Exif\0\0" + block)
    return exif


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", [1, 3, 4])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_read_and_reset_in_any_integer_kind(
    orientation: int, kind: int, order: str
) -> None:
    block = exif_block(orientation, order=order, kind=kind)
    assert read_orientation(block) == orientation
    upright = make_upright(block, SIZE)
    assert read_orientation(upright) == 1
    assert upright is not None
    assert len(upright) == len(block)


def test_a_block_without_orientation_gains_none() -> None:
    block = exif_block(None)
    assert read_orientation(block) == 1
    upright = make_upright(block, SIZE)
    assert upright is not None
    assert 0x0112 not in tags(upright)


@pytest.mark.parametrize("order", ["<", ">"])
def test_maker_notes_keep_their_bytes_and_their_offset(order: str) -> None:
    block = exif_block(6, order=order, thumbnail=True)
    edited = stamp(make_upright(block, SIZE), "litedenoise_sdk 9")
    assert edited.index(MAKER_NOTE) == block.index(MAKER_NOTE)
    exif = tags(edited)
    assert exif.get_ifd(0x8769)[0x927C] == MAKER_NOTE
    assert exif[0x010F] == "Acme Photo"
    assert exif[0x0131] == "litedenoise_sdk 9"


def test_recorded_sides_become_those_of_the_upright_picture() -> None:
    upright = make_upright(exif_block(6, size=(30, 20)), Size(30, 20))
    assert upright is not None
    photo = tags(upright).get_ifd(0x8769)
    assert (photo[0xA002], photo[0xA003]) == (20, 30)


@pytest.mark.parametrize("orientation", [1, 6])
def test_the_stale_thumbnail_is_unlinked(orientation: int) -> None:
    block = exif_block(orientation, thumbnail=True)
    assert tags(block).get_ifd(ExifTags.IFD.IFD1)
    edited = stamp(make_upright(block, SIZE), "x")
    assert not tags(edited).get_ifd(ExifTags.IFD.IFD1)


def test_a_software_tag_is_left_as_it_is() -> None:
    block = exif_block(software="Darkroom 1.2")
    assert stamp(block, "litedenoise_sdk 9") == block


def test_a_picture_without_exif_gains_a_block_that_names_the_software() -> None:
    exif = tags(stamp(None, "litedenoise_sdk 9"))
    assert dict(exif) == {0x0112: 1, 0x0131: "litedenoise_sdk 9"}


@pytest.mark.parametrize(
    "block", [b"", b"garbage", b"II*\0", b"II*\0\xff\xff\xff\x7f", b"MM\0*\0\0\0\x08\xff\xff"]
)
def test_broken_blocks_are_kept_as_they_are(block: bytes) -> None:
    assert read_orientation(block) == 1
    assert make_upright(block, SIZE) == block
    assert stamp(block, "x") == block


def test_a_block_cut_off_behind_the_first_directory_still_becomes_upright() -> None:
    block = exif_block(6)
    cut = block[: 8 + 2 + 3 * 12 + 4]
    upright = make_upright(cut, SIZE)
    assert read_orientation(cut) == 6
    assert read_orientation(upright) == 1


@given(
    orientation=st.integers(1, 8),
    order=st.sampled_from("<>"),
    damage=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=4),
    length=st.integers(0, 400),
)
def test_whatever_the_damage_orientation_is_never_doubled(
    orientation: int, order: str, damage: list[tuple[int, int]], length: int
) -> None:
    block = bytearray(exif_block(orientation, order=order, thumbnail=True))
    for at, value in damage:
        block[at % len(block)] = value
    del block[length:]
    upright = make_upright(bytes(block), SIZE)
    assert read_orientation(upright) == 1
    assert read_orientation(stamp(upright, "x")) == 1


def test_headers_of_other_containers_are_taken_off() -> None:
    assert bare(b"Exif\0\0Exif\0\0II*\0") == b"II*\0"
    assert bare(b"Exif\0\0") is None
    assert bare(None) is None


def test_big_tiff_is_no_exif() -> None:
    block = b"II+\0\x08\0\0\0" + struct.pack("<Q", 16) + b"\0" * 32
    assert read_orientation(block) == 1
    assert make_upright(block, SIZE) == block


def test_pillow_reads_an_edited_block_from_a_file() -> None:
    edited = stamp(make_upright(exif_block(8, order=">"), SIZE), "litedenoise_sdk 9")
    file = io.BytesIO()
    Image.new("RGB", (4, 4)).save(file, "JPEG", exif=b"Exif\0\0" + edited)
    with Image.open(file) as image:
        assert image.getexif()[0x0131] == "litedenoise_sdk 9"


@pytest.mark.parametrize("format", ["JPEG", "TIFF"])
def test_an_entry_of_a_kind_that_does_not_exist_hides_nothing(format: Format) -> None:
    bad = struct.pack("<HHI", 1, 0, 1) + bytes(4)
    maker = struct.pack("<HHI", 0x010F, 2, 4) + b"Abc\0"
    exif = b"II*\0\x08\0\0\0" + struct.pack("<H", 2) + maker + bad + bytes(4)
    photo = decode(jpeg(smooth(8, 8), exif=b"Exif\0\0" + exif))
    block = _block(encode(photo, format), format)
    order, entries = first_directory(block)
    tags = [tag for tag, _ in entries]
    (at,) = struct.unpack_from(order + "I", block, 4)
    assert struct.unpack_from(order + "H", block, at) == (len(tags),)
    assert 1 not in tags
    assert {0x010F, 0x0131} <= set(tags)


def _block(data: bytes, format: Format) -> bytes:
    if format == "TIFF":
        return data
    with Image.open(io.BytesIO(data)) as image:
        return bytes(image.info["exif"][6:])
