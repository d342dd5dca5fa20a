"""What follows a JPEG picture follows it again: gain maps, films, trailers; or it is said."""

import io
import struct

import numpy as np
import pytest
from PIL import Image
from PIL.MpoImagePlugin import MpoImageFile

from litedenoise_sdk.imageio import decode, encode
from litedenoise_sdk.imageio.encode import write
from litedenoise_sdk.imageio.jpeg.segments import segment_bytes
from litedenoise_sdk.imageio.photo import Format
from tests.imageio.imageio_files import exif_block, jpeg, smooth

XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\0"
FILM = (
    struct.pack(">I", 16) + b"ftypmp42" + bytes(4) + struct.pack(">I", 500) + b"mdat" + bytes(492)
)
GAIN_MAP = jpeg(smooth(10, 16)[..., 0])


def packet(attributes: str, inside: str = "") -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        f'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4" {attributes}>{inside}'
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


MOTION = packet(
    'xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" GCamera:MotionPhoto="1" '
    f'GCamera:MicroVideoOffset="{len(FILM)}"'
)
HDR = packet(
    'xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0" '
    'xmlns:Container="http://ns.google.com/photos/1.0/container/" '
    'xmlns:Item="http://ns.google.com/photos/1.0/container/item/"',
    "<Container:Directory><rdf:Seq><rdf:li><Container:Item "
    f'Item:Semantic="GainMap" Item:Mime="image/jpeg" Item:Length="{len(GAIN_MAP)}"/></rdf:li>'
    "</rdf:Seq></Container:Directory>",
)


def photo_with(xmp: bytes, *segments: bytes, orientation: int = 1, behind: bytes = b"") -> bytes:
    data = jpeg(smooth(40, 64), exif=b"Exif\0\0" + exif_block(orientation))
    return (
        data[:2] + segment_bytes("APP1", XMP_HEADER + xmp) + b"".join(segments) + data[2:] + behind
    )


def ultra_hdr(orientation: int = 1) -> bytes:
    """A picture with a gain map that both MPF and GContainer list."""

    def index(first: int, offset: int) -> bytes:
        def entry(tag: int, kind: int, count: int, value: bytes) -> bytes:
            return struct.pack("<HHI", tag, kind, count) + value

        head = b"MPF\0II*\0\x08\0\0\0" + struct.pack("<H", 3) + entry(0xB000, 7, 4, b"0100")
        head += entry(0xB001, 4, 1, struct.pack("<I", 2))
        head += entry(0xB002, 7, 32, struct.pack("<I", 50)) + bytes(4)
        head += struct.pack("<IIII", 0x30000, first, 0, 0)
        return segment_bytes("APP2", head + struct.pack("<IIII", 0, len(GAIN_MAP), offset, 0))

    length = len(photo_with(HDR, index(0, 0), orientation=orientation))
    base = photo_with(HDR, index(0, 0), orientation=orientation).index(b"MPF\0") + 4
    return photo_with(HDR, index(length, length - base), orientation=orientation, behind=GAIN_MAP)


def second_picture(data: bytes) -> Image.Image:
    """The gain map, found as viewers find it: through MPF."""
    image = MpoImageFile(io.BytesIO(data))
    assert image.n_frames == 2
    image.seek(1)
    image.load()
    return image


def test_a_film_is_appended_again_and_its_offset_still_holds() -> None:
    written = encode(decode(photo_with(MOTION, behind=FILM)), "JPEG")
    assert written.endswith(FILM)
    assert MOTION in written


def test_a_trailer_of_samsung_is_kept_byte_by_byte() -> None:
    block = b"\0\0\x30\x0a" + struct.pack("<I", 16) + b"MotionPhoto_Data" + FILM
    index = b"SEFH" + struct.pack("<IIHHII", 107, 1, 0, 0x0A30, len(block), len(block))
    trailer = block + index + struct.pack("<I", len(index)) + b"SEFT"
    assert encode(decode(photo_with(packet(""), behind=trailer)), "JPEG").endswith(trailer)


def test_a_gain_map_is_found_behind_the_new_picture() -> None:
    written = encode(decode(ultra_hdr()), "JPEG")
    assert HDR in written
    gain_map = second_picture(written)
    np.testing.assert_array_equal(gain_map, Image.open(io.BytesIO(GAIN_MAP)))
    assert decode(encode(decode(written), "JPEG")).metadata.followers is not None


def test_a_gain_map_is_turned_with_its_picture() -> None:
    written = encode(decode(ultra_hdr(orientation=6)), "JPEG")
    gain_map = second_picture(written)
    assert gain_map.size == (10, 16)
    expected = np.rot90(np.asarray(Image.open(io.BytesIO(GAIN_MAP))), -1).astype(int)
    assert abs(np.asarray(gain_map).astype(int) - expected).max() <= 4
    length = len(written) - written.rindex(b"\xff\xd8\xff")
    assert f'Item:Length="{length}"'.encode() in written


@pytest.mark.parametrize("format", ["PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("source", [photo_with(MOTION, behind=FILM), ultra_hdr()])
def test_other_formats_claim_nothing_and_say_so(format: Format, source: bytes) -> None:
    file = io.BytesIO()
    notes = write(decode(source), file, format)
    assert any("gain map, film or trailer" in note for note in notes)
    xmp = decode(file.getvalue()).metadata.xmp
    assert xmp is not None
    assert b'xmp:Rating="4"' in xmp
    for claim in (b"MotionPhoto=", b"MicroVideoOffset", b"hdrgm:Version", b"GainMap"):
        assert claim not in xmp


def test_segments_of_makers_are_kept_and_signed_ones_are_left_out_with_a_note() -> None:
    flir = segment_bytes("APP1", b"FLIR\0\1\0\0" + bytes(100))
    signed = segment_bytes("APP11", b"JP\0\1\0\0\0\1jumb...c2pa" + bytes(60))
    photo = decode(photo_with(packet(""), flir, signed, segment_bytes("APP6", b"GoPro\0DEVC")))
    written = encode(photo, "JPEG")
    assert flir in written
    assert b"GoPro\0DEVC" in written
    assert b"c2pa" not in written
    assert "C2PA" in photo.notes[0]
