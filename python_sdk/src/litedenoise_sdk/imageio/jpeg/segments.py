"""The segments of a JPEG file, found without decoding it (ITU-T T.81, annex B)."""

import re
from dataclasses import dataclass

from litedenoise_sdk.imageio.limits import MAX_JPEG_SCANS, MAX_JPEG_SEGMENTS, check_budget

RST, SOI, EOI, SOS, COM = 0xD0, 0xD8, 0xD9, 0xDA, 0xFE
EXIF_HEADER = b"Exif\0\0"
XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\0"
EXTENDED_XMP = b"http://ns.adobe.com/xmp/extension/\0"
ICC_HEADER = b"ICC_PROFILE\0"
MPF_HEADER = b"MPF\0"
PHOTOSHOP_HEADER = b"Photoshop 3.0\0"
MAX_PAYLOAD = 65_533
MAX_RESTART_INTERVAL = 65_535
_APP, _APPS = 0xE0, range(0xE0, 0xF0)
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset({0x01, SOI, *range(RST, SOI)})
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment before the first scan; ``at`` is the offset of its payload."""

    marker: int
    at: int
    payload: bytes

    @property
    def name(self) -> str:
        """APP0 to APP15, COM, or the marker in hexadecimal digits."""
        if self.marker in _APPS:
            return f"APP{self.marker - _APP}"
        return "COM" if self.marker == COM else f"{self.marker:02X}"


@dataclass(frozen=True, slots=True)
class Structure:
    """One JPEG picture in a file.

    Attributes:
        segments: what stands before the first scan.
        frame: payload of the frame header (depth, height, width, components), and its marker.
        scans: how many there are.
        scan_at: offset of what the first one codes; the file's end where there is none.
        end: offset behind the end marker, or the file's end where that is missing.
        is_whole: the end marker is there.
    """

    segments: tuple[Segment, ...]
    frame: Segment | None
    scans: int
    scan_at: int
    end: int
    is_whole: bool


def find_segments(data: bytes, at: int = 0) -> Structure:
    """The structure of the picture that starts at ``at``.

    Raises:
        ImageTooLarge: more scans than any photograph has.
    """
    segments: list[Segment] = []
    frame, scans, scan_at = None, 0, len(data)
    at += 2
    while (at := data.find(b"\xff", at)) >= 0 and at + 1 < len(data):
        marker = data[at + 1]
        if marker == EOI:
            return Structure(tuple(segments), frame, scans, scan_at, at + 2, True)
        if marker in (0x00, 0xFF) or marker in _ALONE:
            at += 1 if marker == 0xFF else 2
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        segment = Segment(marker, at + 4, data[at + 4 : at + 2 + length])
        at += 2 + length
        if at > len(data):
            break
        if marker == SOS:
            scans += 1
            scan_at = min(scan_at, at)
            check_budget("scans", scans, MAX_JPEG_SCANS)
            found = _AFTER_SCAN.search(data, at)
            if found is None:
                break
            at = found.start()
        elif scans == 0:
            segments.append(segment)
            check_budget("segments", len(segments), MAX_JPEG_SEGMENTS)
            if marker in _FRAMES:
                frame = segment
    return Structure(tuple(segments), frame, scans, scan_at, len(data), False)


def segment_bytes(name: str, payload: bytes) -> bytes:
    """A segment to write. ``name`` is APP0 to APP15 or COM."""
    marker = COM if name == "COM" else _APP + int(name[3:])
    return bytes((0xFF, marker)) + (len(payload) + 2).to_bytes(2, "big") + payload
