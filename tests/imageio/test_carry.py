"""What one format holds and another does not: moved, or left out with a note."""

import io
import struct

import numpy as np
import pytest
import tifffile
from PIL import Image

from litedenoise_sdk.imageio import Format, Photo, decode, encode
from litedenoise_sdk.imageio.encode import write
from tests.imageio.imageio_files import (
    chunk,
    exif_block,
    jpeg,
    pillow_png,
    png_chunks,
    smooth,
    webp,
)

RECORDS = b"\x1c\x02\x78\0\x06A pond"
LINK = b"http://example.org/a"
GUID = b"0123456789ABCDEF0123456789ABCDEF"
MAIN_XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-'
    b'syntax-ns#"><rdf:Description rdf:about="" xmlns:xmpNote="http://ns.adobe.com/xmp/note/" '
    b'xmpNote:HasExtendedXMP="' + GUID + b'" xmp:Rating="4"/></rdf:RDF></x:xmpmeta>'
)
DEPTH = (
    b'<rdf:Description xmlns:GDepth="http://ns.google.com/photos/1.0/depthmap/" GDepth:Near="2"/>'
)
SECOND_XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-'
    b'syntax-ns#">' + DEPTH + b"</rdf:RDF></x:xmpmeta>"
)


def resource(kind: int, content: bytes) -> bytes:
    padding = b"\0" * (len(content) % 2)
    return b"8BIM" + struct.pack(">HxxI", kind, len(content)) + content + padding


def with_segments(*segments: tuple[int, bytes]) -> bytes:
    data = jpeg(smooth(32, 48))
    parts = [
        bytes((0xFF, marker)) + struct.pack(">H", len(payload) + 2) + payload
        for marker, payload in segments
    ]
    return data[:2] + b"".join(parts) + data[2:]


RESOURCES = resource(0x0404, RECORDS) + resource(0x040B, LINK) + resource(0x040C, b"thumbnail")


def written(photo: Photo, format: Format) -> tuple[bytes, tuple[str, ...]]:
    file = io.BytesIO()
    notes = write(photo, file, format)
    return file.getvalue(), notes


@pytest.mark.parametrize("formats", [("JPEG", "JPEG"), ("TIFF", "PNG"), ("PNG", "PNG", "TIFF")])
def test_photoshops_resources_move_between_formats(formats: tuple[Format, ...]) -> None:
    photo = decode(with_segments((0xED, b"Photoshop 3.0\0" + RESOURCES)))
    for format in (*formats, "JPEG"):
        data, notes = written(photo, format)
        assert notes == ()
        photo = decode(data)
        assert photo.metadata.iptc == RECORDS
        assert photo.metadata.photoshop == resource(0x040B, LINK)
    assert LINK in data
    assert b"thumbnail" not in data
    with Image.open(io.BytesIO(data)) as image:
        assert image.info["photoshop"] == {0x0404: RECORDS, 0x040B: LINK}
    assert "resources of Photoshop" in written(photo, "WEBP")[1][-1]


def test_resources_in_png_that_hold_no_captions_are_no_captions() -> None:
    block = resource(0x040B, LINK)
    text = b"\n8bim\n%8d\n%b\n" % (len(block), block.hex().encode())
    data = pillow_png(smooth(32, 48))
    found = decode(data[:33] + chunk(b"tEXt", b"Raw profile type 8bim\0" + text) + data[33:])
    assert found.metadata.iptc is None
    assert found.metadata.photoshop == block


def extended(*pieces: tuple[int, bytes]) -> bytes:
    head = b"http://ns.adobe.com/xmp/extension/\0" + GUID
    return with_segments(
        (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + MAIN_XMP),
        *(
            (0xE1, head + struct.pack(">II", len(SECOND_XMP), offset) + piece)
            for offset, piece in pieces
        ),
    )


def test_xmp_that_was_stored_apart_comes_along() -> None:
    photo = decode(extended((100, SECOND_XMP[100:]), (0, SECOND_XMP[:100])))
    assert written(photo, "JPEG")[1] == ()
    data, notes = written(photo, "PNG")
    assert notes == ()
    xmp = decode(data).metadata.xmp
    assert xmp is not None
    assert DEPTH + b"</rdf:RDF>" in xmp
    assert b'xmp:Rating="4"' in xmp
    assert b"HasExtendedXMP" not in xmp


def test_xmp_of_which_a_part_is_missing_claims_nothing() -> None:
    data, notes = written(decode(extended((100, SECOND_XMP[100:]))), "WEBP")
    assert "stored apart" in notes[0]
    xmp = decode(data).metadata.xmp
    assert xmp is not None
    assert b"HasExtendedXMP" not in xmp
    assert b"GDepth" not in xmp


def test_chunks_of_png_that_are_safe_to_copy_stay() -> None:
    data = pillow_png(smooth(32, 48))
    extra = b"".join(chunk(name, bytes(9)) for name in (b"oFFs", b"prVt", b"prVT", b"tIME"))
    text = chunk(b"tEXt", b"parameters\0seed 5")
    photo = decode(data[:33] + extra + chunk(b"caBX", b"jumb") + text + data[33:])
    assert [words in note for words, note in zip(("prVT", "C2PA"), photo.notes, strict=True)]
    names = [name for name, _ in png_chunks(encode(photo, "PNG"))]
    assert {b"oFFs", b"prVt", b"tEXt"} <= set(names)
    assert not {b"prVT", b"tIME", b"caBX"} & set(names)
    notes = written(photo, "JPEG")[1]
    assert ["parameters" in notes[0], "oFFs, prVt" in notes[1]] == [True, True]


def test_chunks_of_webp_that_are_unknown_stay() -> None:
    data = bytearray(webp(smooth(32, 48), exif=exif_block(1)))
    for name, content in ((b"ABCD", b"odd"), (b"C2PA", b"signed")):
        data += name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
    struct.pack_into("<I", data, 4, len(data) - 8)
    photo = decode(bytes(data))
    assert ["C2PA" in note for note in photo.notes] == [True]
    again, notes = written(photo, "WEBP")
    assert notes == ()
    assert again.endswith(b"ABCD\3\0\0\0odd\0")
    assert len(again) == struct.unpack_from("<I", again, 4)[0] + 8
    with Image.open(io.BytesIO(again)) as image:
        assert np.array_equal(np.asarray(image), smooth(32, 48))
    assert "ABCD" in written(photo, "PNG")[1][0]


def test_layers_and_credentials_of_tiff_are_noted() -> None:
    file = io.BytesIO()
    tags = [(37724, 7, 8, b"Adobe Ph", True), (52545, 7, 5, b"jumbf", True)]
    tifffile.imwrite(file, smooth(32, 48), photometric="rgb", metadata=None, extratags=tags)
    photo = decode(file.getvalue())
    assert ["layers" in photo.notes[0], "C2PA" in photo.notes[1]] == [True, True]
    assert b"jumbf" not in encode(photo, "JPEG")
