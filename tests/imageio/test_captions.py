"""IPTC captions and keywords in formats that hold XMP alone."""

import io
import struct
from typing import get_args
from xml.etree import ElementTree

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from litedenoise_sdk.imageio import Format, Metadata, Photo, decode
from litedenoise_sdk.imageio.captions import as_xmp, read_records
from litedenoise_sdk.imageio.encode import write
from litedenoise_sdk.imageio.png import texts
from tests.imageio.imageio_files import smooth

DC = "{http://purl.org/dc/elements/1.1/}"
PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}"
CORE = "{http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
UTF8 = (1, 90, b"\x1b%G")
PACKET = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
    b'rdf:about="uuid:1" xmlns:dublin="http://purl.org/dc/elements/1.1/" '
    b'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4" dublin:source="film"'
    b"><dublin:title><rdf:Alt><rdf:li xml:lang='x-default'>Mine</rdf:li></rdf:Alt>"
    b"</dublin:title></rdf:Description></rdf:RDF></x:xmpmeta>"
)


def records(*values: tuple[int, int, bytes]) -> bytes:
    return b"".join(
        struct.pack(">BBBH", 0x1C, record, data_set, len(value)) + value
        for record, data_set, value in values
    )


def described(packet: bytes | None) -> dict[str, list[str]]:
    """Texts by the name of their property, of all descriptions."""
    assert packet is not None
    found: dict[str, list[str]] = {}
    for one in ElementTree.fromstring(packet).iter(f"{RDF}Description"):
        for child in one:
            texts = [item.text or "" for item in child.iter(f"{RDF}li")]
            found.setdefault(child.tag, []).extend(texts or [child.text or ""])
    return found


@pytest.mark.parametrize("format", [one for one in get_args(Format) if one != "PNG"])
def test_captions_stay_in_every_format(format: Format) -> None:
    iptc = records((2, 0, b"\0\4"), (2, 120, b"Sea & sky"), (2, 25, b"sea"), (2, 25, b"night"))
    photo = Photo(smooth(64, 64), metadata=Metadata(format="PNG", iptc=iptc, xmp=PACKET))
    file = io.BytesIO()
    notes = write(photo, file, format)
    again = decode(file.getvalue()).metadata
    if format in ("JPEG", "TIFF"):
        assert again.iptc == iptc
        assert again.xmp == PACKET
        return
    assert notes[0] == "IPTC captions and keywords were written as XMP"
    found = described(again.xmp)
    assert found[f"{DC}description"] == ["Sea & sky"]
    assert found[f"{DC}subject"] == ["sea", "night"]
    assert found[f"{DC}title"] == ["Mine"]


def test_each_record_goes_to_its_property() -> None:
    packet, _ = as_xmp(
        records(
            UTF8,
            (2, 5, "Über <all>".encode()),
            (2, 80, b"Ann"),
            (2, 80, b"Bob"),
            (2, 90, b"Bern"),
            (2, 92, b"Altstadt"),
            (2, 12, b"IPTC:15073026:sport::"),
            (2, 55, b"20260102"),
            (2, 60, b"030405+0100"),
            (2, 62, b"20260100"),
        ),
        None,
    )
    found = described(packet)
    assert found[f"{DC}title"] == ["Über <all>"]
    assert found[f"{DC}creator"] == ["Ann", "Bob"]
    assert found[f"{PHOTOSHOP}City"] == ["Bern"]
    assert found[f"{CORE}Location"] == ["Altstadt"]
    assert found[f"{CORE}SubjectCode"] == ["15073026"]
    assert found[f"{PHOTOSHOP}DateCreated"] == ["2026-01-02T03:04:05+01:00"]
    assert found["{http://ns.adobe.com/xap/1.0/}CreateDate"] == ["2026-01"]


def test_what_the_packet_has_stays_and_the_rest_speaks_of_the_same_picture() -> None:
    packet, _ = as_xmp(records((2, 5, b"Theirs"), (2, 105, b"News")), PACKET)
    assert packet is not None
    assert packet.startswith(PACKET[: PACKET.index(b"</rdf:RDF>")])
    assert packet.count(b'rdf:about="uuid:1"') == 2
    found = described(packet)
    assert found[f"{DC}title"] == ["Mine"]
    assert found[f"{PHOTOSHOP}Headline"] == ["News"]
    assert as_xmp(records((2, 5, b"Theirs")), PACKET)[0] == PACKET


def test_old_character_sets_and_what_xml_cannot_hold() -> None:
    packet, _ = as_xmp(records((2, 120, "Zürich".encode("latin-1") + b"\x01\0")), None)
    assert described(packet)[f"{DC}description"] == ["Zürich"]


def test_records_that_have_no_place_are_named() -> None:
    _, notes = as_xmp(records((2, 120, b"Sea"), (2, 7, b"edit"), (3, 10, b"x")), None)
    assert notes[1].endswith("2:007, 3:010")
    packet, notes = as_xmp(b"\x1c\x02\x78\xff", PACKET)
    assert packet == PACKET
    assert "damaged" in notes[0]


def test_a_packet_that_cannot_be_added_to_stays_and_that_is_said() -> None:
    packet, notes = as_xmp(records((2, 120, b"Sea")), b"<x:xmpmeta/>")
    assert packet == b"<x:xmpmeta/>"
    assert "left out" in notes[0]


def test_texts_of_png_become_xmp_where_it_has_a_place_for_them() -> None:
    info = PngInfo()
    info.add_text("Title", "Sea & sky")
    info.add_text("Title", "another")
    info.add_text("Description", "x" * 3_000, zip=True)
    info.add_itxt("Author", "Ann Über", zip=True)
    info.add_text("parameters", "seed 5")
    file = io.BytesIO()
    Image.fromarray(smooth(16, 16)).save(file, "PNG", pnginfo=info)
    photo, written = decode(file.getvalue()), io.BytesIO()
    notes = write(photo, written, "JPEG")
    assert notes == (
        "texts of PNG were written as XMP: Author, Description, Title",
        "texts that only PNG holds were left out: Title, parameters",
    )
    found = described(decode(written.getvalue()).metadata.xmp)
    assert found[f"{DC}title"] == ["Sea & sky"]
    assert found[f"{DC}description"] == ["x" * 3_000]
    assert found[f"{DC}creator"] == ["Ann Über"]


def test_texts_of_png_that_cannot_be_read_are_named() -> None:
    chunks = [("zTXt", b"Title\0\0broken"), ("iTXt", b"Author\0\0"), ("prVt", b"")]
    assert texts.as_xmp(chunks, None) == (None, [], ["Author", "Title"])


def test_long_records_are_read() -> None:
    value = b"a" * 40_000
    data = b"\x1c\x02\x78\x80\x04" + struct.pack(">I", len(value)) + value
    assert read_records(data) == {(2, 120): [value]}
