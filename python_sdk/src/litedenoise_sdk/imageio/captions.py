"""Captions and keywords of IPTC-IIM records as XMP, for formats that hold XMP alone.

IPTC Photo Metadata Standard 2023.2, "IPTC Core": which property of XMP stands for which record of
IPTC-IIM 4.2. A property that the packet has already stays as it is.
"""

from collections.abc import Iterator

from litedenoise_sdk.imageio.xmp import DC, XMP, Kind, Property, property_of, with_properties

Records = dict[tuple[int, int], list[bytes]]
"""Values by record and data set, in their order."""

_PHOTOSHOP = "photoshop", "http://ns.adobe.com/photoshop/1.0/"
_CORE = "Iptc4xmpCore", "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"

_PROPERTIES: dict[int, tuple[tuple[str, str], str, Kind]] = {
    4: (_CORE, "IntellectualGenre", "text"),
    5: (DC, "title", "Alt"),
    10: (_PHOTOSHOP, "Urgency", "text"),
    12: (_CORE, "SubjectCode", "Bag"),
    15: (_PHOTOSHOP, "Category", "text"),
    20: (_PHOTOSHOP, "SupplementalCategories", "Bag"),
    25: (DC, "subject", "Bag"),
    40: (_PHOTOSHOP, "Instructions", "text"),
    55: (_PHOTOSHOP, "DateCreated", "text"),
    62: (XMP, "CreateDate", "text"),
    80: (DC, "creator", "Seq"),
    85: (_PHOTOSHOP, "AuthorsPosition", "text"),
    90: (_PHOTOSHOP, "City", "text"),
    92: (_CORE, "Location", "text"),
    95: (_PHOTOSHOP, "State", "text"),
    100: (_CORE, "CountryCode", "text"),
    101: (_PHOTOSHOP, "Country", "text"),
    103: (_PHOTOSHOP, "TransmissionReference", "text"),
    105: (_PHOTOSHOP, "Headline", "text"),
    110: (_PHOTOSHOP, "Credit", "text"),
    115: (_PHOTOSHOP, "Source", "text"),
    116: (DC, "rights", "Alt"),
    120: (DC, "description", "Alt"),
    122: (_PHOTOSHOP, "CaptionWriter", "text"),
}
"""By data set of record 2, the application record."""
_TIME_OF = {55: 60, 62: 63}
_SUBJECT = 12
_OF_THE_FORM = frozenset({(1, 0), (1, 90), (2, 0)})
"""Versions, and the character set: they say nothing of the picture."""
_CHARACTER_SET, _UTF8 = (1, 90), b"\x1b%G"
_MARK, _LONG = 0x1C, 0x8000
_MOST_RECORDS = 10_000


def as_xmp(iptc: bytes, xmp: bytes | None) -> tuple[bytes | None, tuple[str, ...]]:
    """A packet with the captions and keywords that it did not have.

    Args:
        iptc: IPTC-IIM records.
        xmp: the packet so far.

    Returns:
        The packet, and notes on what became of the records.
    """
    found = read_records(iptc)
    properties = list(_properties(found))
    packet = with_properties(xmp, properties) if properties else xmp
    if properties and packet is None:
        return xmp, ("the XMP cannot be added to: IPTC captions and keywords were left out",)
    notes: tuple[str, ...] = ()
    if properties:
        notes = ("IPTC captions and keywords were written as XMP",)
    if sum(map(len, found.values())) >= _MOST_RECORDS:
        notes += (f"IPTC records after the first {_MOST_RECORDS} were left out",)
    known = {(2, data_set) for data_set in (*_PROPERTIES, *_TIME_OF.values())} | _OF_THE_FORM
    others = [f"{record}:{data_set:03}" for record, data_set in sorted(found.keys() - known)]
    if others or not found:
        names = ", ".join(others) or "damaged ones"
        notes += (f"IPTC records without a place in XMP were left out: {names}",)
    return packet, notes


def read_records(iptc: bytes) -> Records:
    """The first records, as far as they make sense (IPTC-IIM 4.2, chapter 3)."""
    found: Records = {}
    at = 0
    for _ in range(_MOST_RECORDS):
        if at + 5 > len(iptc) or iptc[at] != _MARK:
            break
        key = iptc[at + 1], iptc[at + 2]
        length = int.from_bytes(iptc[at + 3 : at + 5], "big")
        at += 5
        if length & _LONG:  # so many bytes state the length
            width = length & ~_LONG
            length = int.from_bytes(iptc[at : at + width], "big")
            at += width
        if at + length > len(iptc):
            break
        found.setdefault(key, []).append(iptc[at : at + length])
        at += length
    return found


def _properties(found: Records) -> Iterator[Property]:
    charset = "utf-8" if _UTF8 in found.get(_CHARACTER_SET, []) else None
    for data_set, (space, name, kind) in _PROPERTIES.items():
        texts = [_text(value, charset) for value in found.get((2, data_set), [])]
        if data_set in _TIME_OF and texts:
            times = [_text(value, charset) for value in found.get((2, _TIME_OF[data_set]), [])]
            texts = [_moment(texts[0], times[0] if times else "")]
        elif data_set == _SUBJECT:
            texts = [_subject(text) for text in texts]
        texts = [text for text in texts if text]
        if texts:
            yield property_of(space, name, kind, texts)


def _text(value: bytes, charset: str | None) -> str:
    """Without a stated character set it is UTF-8 where that fits, as most programs write it."""
    try:
        text = value.decode(charset or "utf-8")
    except UnicodeDecodeError:
        text = value.decode("latin-1")
    return text.strip("\0 ")


def _moment(date: str, time: str) -> str:
    """CCYYMMDD and HHMMSS+HHMM as ISO 8601, with as much of it as is known."""
    year, month, day = date[:4], date[4:6], date[6:8]
    if not date.isdigit() or len(date) != 8 or year == "0000":
        return ""
    if month == "00":
        return year
    if day == "00":
        return f"{year}-{month}"
    clock = ""
    if len(time) >= 6 and time[:6].isdigit():
        clock = f"T{time[:2]}:{time[2:4]}:{time[4:6]}"
        if len(time) == 11 and time[6] in "+-" and time[7:].isdigit():
            clock += f"{time[6:9]}:{time[9:]}"
    return f"{year}-{month}-{day}{clock}"


def _subject(text: str) -> str:
    """The eight digits of "IPTC:15073026:sport:..."."""
    parts = text.split(":")
    return parts[1] if len(parts) > 1 else text
