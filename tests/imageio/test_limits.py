"""Small files that ask for hours or gigabytes: refused, or read in passing.

Without their limits most of these tests would not fail but never end.
"""

import struct
import zlib

import numpy as np
import pytest

from litedenoise_sdk.errors import ImageTooLarge, UnreadableImage, UnsupportedImage
from litedenoise_sdk.imageio import Metadata, Photo, decode, encode
from litedenoise_sdk.imageio.boxes import box
from litedenoise_sdk.imageio.captions import as_xmp
from litedenoise_sdk.imageio.heif.attached import read_beside
from litedenoise_sdk.imageio.heif.container import Item
from litedenoise_sdk.imageio.jpeg.extended_xmp import payloads, whole
from litedenoise_sdk.imageio.jpeg.segments import EXTENDED_XMP
from litedenoise_sdk.imageio.photo import Format
from litedenoise_sdk.imageio.xmp import DC, property_of, with_properties, without_followers
from tests.imageio.imageio_files import chunk, exif_block, jpeg, noise, png, smooth

REPEATS = 200_000
DECLARED = b'<x xmlns:a="http://ns.adobe.com/hdr-gain-map/1.0/">'

# Codestreams of 8x8 black pixels, and one of 30 channels beside colour, written by libjxl.
JXL_HEAD = bytes.fromhex("ff0a414024")
JXL_LAYER = bytes.fromhex(
    "0802000098024b189b9c71840338800338204ac039050100204480081001224084fff7eff9efa131e79c6bed736f92"
    "2409015555555555d5ffffff73efebeeeeee86fff7eff9efa131e79c6bed736f922409015555555555d5ffffff73ef"
    "ebeeeeee86fff7eff9efa131e79c6bed736f922409015555555555d5ffffff73efebeeeeee86fff7eff9efa131e79c"
    "6bed736f922409015555555555d5ffffff73efebeeeeee3e00bc302fcc0b03"
)
JXL_LAST = JXL_LAYER[:2] + b"\1" + JXL_LAYER[3:]
JXL_CHANNELS = bytes.fromhex(
    "ff0a41c03b400001041040000104104000010410400001041040000104104000010410400001041040000124080000"
    "000000000040000000000000000001002c004b124709a5130449c20100"
)
JXL_BOMB = bytes.fromhex(
    "786d6c20cbffff3f002400e2b14072effff8ffff078004401c1680eefd1fffffff00900088c302d0bdffe3ffff1f00"
    "1200715800baf77ffcffff034002200e0b40f7fe8fffff7f004800c46101e8defff1ffff0f000980382c00ddfb3ffe"
    "ffff012001108705a07bff977f1d2c002400e2b000742a5800"
)
"""70 MB of zeros for XMP, compressed."""


@pytest.mark.parametrize(
    "nonsense",
    [b"<a:b ", b"<a:b>", b"<a:b></a:c>", b"<a:" + b"a-" * REPEATS, b' a:b="', b"<a:b></a:b>"],
    ids=["no end of tags", "never closed", "closed otherwise", "one name", "quotes", "empty"],
)
def test_xmp_of_nonsense_is_edited_in_passing(nonsense: bytes) -> None:
    packet = DECLARED + nonsense * (REPEATS * 5 // len(nonsense) or 1)
    assert len(without_followers(packet)) <= len(packet)


def test_well_formed_elements_go_and_all_else_stays() -> None:
    packet = DECLARED + b'<a:b c="1">1<a:b.c/></a:b ><c a:d=\'2\' e="3"/><a:f /><g/></x>'
    assert without_followers(packet) == DECLARED + b'<c e="3"/><g/></x>'


def test_many_prefixes_for_one_namespace() -> None:
    declared = b"".join(b' xmlns:p%d="%b"' % (n, DC[1].encode()) for n in range(REPEATS // 10))
    title = property_of(DC, "title", "Alt", ["A pond"])
    packet = b"<x" + declared + b"><p7:title/></rdf:RDF>"
    assert with_properties(packet, [title]) == packet
    assert b"A pond" in (with_properties(packet.replace(b"p7:title", b"q"), [title]) or b"")


def test_xmp_that_is_stored_apart_may_be_nonsense() -> None:
    digest = b"A" * 32
    second = b"<rdf:RDF>" * REPEATS
    piece = EXTENDED_XMP + digest + struct.pack(">II", len(second), 0) + second
    first = b'<x xmpNote:HasExtendedXMP="' + digest + b'"></rdf:RDF>'
    assert whole(first, [piece]) == (b"<x></rdf:RDF>", False)
    assert len(payloads(b"<?xpacket" * REPEATS)) > REPEATS // 10_000


@pytest.mark.parametrize(
    "payload",
    [
        b"Raw profile type iptc\0\0" + zlib.compress(b"\niptc\n1\n" + b"a " * 2_000_000, 9),
        b"Title\0\0" + zlib.compress(b"<" * 30_000_000, 9),
    ],
    ids=["spaces between digits", "a title of 30 MB"],
)
def test_texts_of_png_that_unpack_to_megabytes(payload: bytes) -> None:
    photo = decode(png(noise((4, 5, 3), np.uint16), 2, 16, chunk(b"zTXt", payload)))
    assert b"<dc:title>" not in encode(photo, "WEBP")


def test_keywords_without_number() -> None:
    packet, notes = as_xmp(b"\x1c\x02\x19\0\1a" * 10_002, None)
    assert packet is not None
    assert packet.count(b"<rdf:li>a</rdf:li>") == 10_000
    assert "after the first 10000" in notes[1]


def test_png_has_few_chunks_beside_its_picture() -> None:
    unlike = b"".join(
        chunk(b"tEXt", b"Raw profile type iptc\0\nx\n%dz\nab" % number) for number in range(2_001)
    )
    with pytest.raises(ImageTooLarge, match="beside its picture"):
        decode(png(noise((4, 5, 3), np.uint16), 2, 16, unlike))
    frames = chunk(b"acTL", struct.pack(">II", 3_000, 0)) + chunk(b"fdAT", b"") * 3_000
    with pytest.raises(UnsupportedImage, match="3000 frames"):
        decode(png(noise((4, 5, 3), np.uint16), 2, 16, frames))


def test_pictures_behind_a_turned_one_are_bounded() -> None:
    turned = jpeg(smooth(8, 9), exif=b"Exif\0\0" + exif_block(6))
    with pytest.raises(ImageTooLarge, match="behind the first one"):
        decode(turned + b"\xff\xd8\xff\xd9" * 1_001)


@pytest.mark.parametrize("way", ["many pixels", "many scans"])
def test_a_bomb_behind_a_turned_picture_is_left_out(way: str) -> None:
    if way == "many pixels":
        bomb = bytearray(jpeg(smooth(8, 8)[..., 0]))
        at = bomb.index(b"\xff\xc0")
        bomb[at + 5 : at + 9] = struct.pack(">HH", 60_000, 60_000)
    else:
        bomb = bytearray(jpeg(smooth(8, 8)[..., 0], progressive=True))
        last = bomb[bomb.rindex(b"\xff\xda") : -2]
        bomb[-2:-2] = last * 200
    listed = struct.pack("<IIIIIIII", 0x30000, 0, 0, 0, 0, len(bomb), 0, 0)
    photo = decode(_with_index(listed, bytes(bomb)))
    assert "could not be turned" in photo.notes[0]


def _with_index(entries: bytes, behind: bytes) -> bytes:
    """A turned JPEG picture and what its MPF directory lists behind it."""
    turned = jpeg(smooth(8, 9), exif=b"Exif\0\0" + exif_block(6))
    head = b"MPF\0II*\0\x08\0\0\0" + struct.pack("<HHHII", 1, 0xB002, 7, len(entries), 26)
    index = bytearray(head + bytes(4) + entries)
    segment = b"\xff\xe2" + struct.pack(">H", len(index) + 2)
    # Offsets count from behind "MPF\0".
    struct.pack_into("<I", index, 30 + 24, len(turned) + len(index) - 2)
    return turned[:2] + segment + bytes(index) + turned[2:] + behind


def _heif(places: bytes, items: int = 1, references: bytes = b"", data: bytes = b"") -> bytes:
    """A file whose items are numbered from 1, the main picture."""

    def full(kind: bytes, content: bytes, version: int = 0) -> bytes:
        return box(kind, bytes((version, 0, 0, 0)) + content)

    entries = (struct.pack(">H", id) + bytes(2) + b"hvc1\0" for id in range(1, items + 1))
    inside = full(b"pitm", b"\0\1") + full(b"iloc", places)
    inside += full(
        b"iinf", struct.pack(">H", items) + b"".join(full(b"infe", e, 2) for e in entries)
    )
    inside += full(b"iref", references) if references else b""
    return box(b"ftyp", b"heic") + full(b"meta", inside) + box(b"mdat", data)


def test_pieces_of_heif_items_are_bounded() -> None:
    places = b"\0\0" + struct.pack(">H", 60_000) + struct.pack(">HHH", 1, 0, 65_535) * 60_000
    with pytest.raises(ImageTooLarge, match="pieces of items"):
        read_beside(_heif(places), None)


def test_heif_items_are_not_copied_beyond_the_budget() -> None:
    all_of_it = b"\0\0" + struct.pack(">HHHH", 1, 1, 0, 6_000)
    with pytest.raises(ImageTooLarge, match="bytes of items"):
        read_beside(_heif(all_of_it, data=bytes(1_000_000)), None)


def test_a_long_chain_of_heif_items_is_followed_once() -> None:
    count = 5_000
    places = b"\x44\0" + struct.pack(">H", count)
    places += b"".join(struct.pack(">HHHII", id, 0, 1, 0, 1) for id in range(1, count + 1))
    chain = box(b"auxl", struct.pack(">HHH", 2, 1, 1)) + b"".join(
        box(b"dimg", struct.pack(">HHH", id, 1, id + 1)) for id in range(2, count)
    )
    attached = read_beside(_heif(places, count, chain), None).attached
    assert attached is not None
    assert len(attached.items) == count - 1
    assert isinstance(attached.items[0], Item)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (JXL_HEAD + JXL_LAYER * 100 + JXL_LAST, "layers"),
        (JXL_CHANNELS, "channels"),
        (
            box(b"JXL ", b"\r\n\x87\n")
            + box(b"ftyp", b"jxl \0\0\0\0jxl ")
            + box(b"jxlc", JXL_HEAD + JXL_LAST)
            + box(b"brob", JXL_BOMB),
            "bytes of metadata",
        ),
    ],
    ids=["layers", "channels", "compressed XMP"],
)
def test_small_jpeg_xl_files_that_ask_for_much_are_refused(data: bytes, words: str) -> None:
    with pytest.raises(ImageTooLarge, match=words):
        decode(data)


def test_some_layers_of_jpeg_xl_are_one_picture() -> None:
    assert not decode(JXL_HEAD + JXL_LAYER * 3 + JXL_LAST).pixels.any()


@pytest.mark.parametrize(
    "data",
    [
        b"GIF89a\1\0\1\0\0\0\0" + b"\x21\xff\x0bXMP DataXMP" * REPEATS,
        b"P6 " + b"#\n" * (REPEATS // 8),
        b"P6 " + b"#\n \n" * (REPEATS // 8) + b"x",
    ],
    ids=["GIF", "PPM", "PPM with spaces"],
)
def test_files_of_nonsense_are_refused_in_passing(data: bytes) -> None:
    with pytest.raises(UnreadableImage):
        decode(data)


def test_directories_are_counted_together() -> None:
    count, entries = 600, 100
    length = 2 + 12 * entries + 4
    data = b"II*\0\x08\0\0\0" + b"".join(
        struct.pack("<H", entries)
        + struct.pack("<HHII", 65_000, 3, 1, 0) * entries
        + struct.pack("<I", 8 + length * number)
        for number in range(1, count + 1)
    )
    with pytest.raises(ImageTooLarge, match="TIFF tags"):
        decode(data)


def test_profiles_of_one_picture_are_unpacked_once() -> None:
    profiles = chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(30_000_000), 9)) * 100
    photo = decode(png(noise((4, 5, 3), np.uint16), 2, 16, profiles))
    assert photo.metadata.icc == bytes(30_000_000)


def test_values_of_many_maker_notes_are_counted() -> None:
    count = 1_000
    at = 8 + 2 + 12 * (count + 2) + 4
    fields = [(256, 4, 1, 16), (257, 4, 1, 16), *[(37_500, 7, 40, at)] * count]
    # Each has a value of its own, and one of 65,000 bytes elsewhere.
    note = struct.pack("<H", 2) + struct.pack("<HHII", 1, 7, 8, at + 30)
    note += struct.pack("<HHII", 2, 7, 65_000, at + 40)
    data = b"II*\0\x08\0\0\0" + struct.pack("<H", len(fields))
    data += b"".join(struct.pack("<HHII", *field) for field in fields) + bytes(4)
    with pytest.raises(ImageTooLarge, match="bytes of metadata"):
        decode(data + note.ljust(40, b"\0") + bytes(65_000))


def test_numbers_in_a_tiff_tag_are_bounded() -> None:
    fields = ((256, 4, 1, 16), (257, 4, 1, 16), (258, 1, 1_000_001, 8))
    entries = b"".join(struct.pack("<HHII", *field) for field in fields)
    data = b"II*\0\x08\0\0\0" + struct.pack("<H", len(fields)) + entries + bytes(1_000_001)
    with pytest.raises(UnreadableImage, match="1000001 numbers"):
        decode(data)


@pytest.mark.parametrize("format", ["JPEG", "WEBP", "JPEG XL"])
def test_entities_are_not_expanded(format: Format) -> None:
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha">' + b"".join(
        b'<!ENTITY b%d "%b">' % (number, b"&a;" * 10) for number in range(9)
    )
    packet = laughs + b"]><rdf:RDF>&b8;</rdf:RDF>"
    photo = Photo(smooth(8, 9), metadata=Metadata(xmp=packet))
    assert decode(encode(photo, format)).metadata.xmp == packet
