"""Writes followers.json: what becomes of the bytes around a JPEG picture, in Python and Kotlin.

    python -m tests.golden.write_followers

``source`` is a file. ``behind`` is what follows the new picture, ``pictures`` what its MPF
directory lists there (attributes, length, offset from the picture's end), ``kept`` the segments
that are copied, and ``left_out`` how many notes say what is not.
"""

import base64
import json
import struct
import zlib
from pathlib import Path
from typing import Any

from litedenoise_sdk.imageio import decode, encode
from litedenoise_sdk.imageio.jpeg import mpf
from litedenoise_sdk.imageio.jpeg.segments import (
    EXIF_HEADER,
    ICC_HEADER,
    MPF_HEADER,
    find_segments,
    segment_bytes,
)
from tests.imageio.test_followers import FILM, GAIN_MAP, HDR, MOTION, packet, photo_with, ultra_hdr

GOLDEN = Path(__file__).with_name("followers.json")
GAIN_MAP_KIND, PREVIEW_KIND, MAIN_KIND = 0, 0x010001, 0x030000


def sources() -> dict[str, bytes]:
    trailer = b"\0\0\x30\x0aMotionPhoto_Data" + FILM + b"SEFH" + bytes(20) + b"SEFT"
    return {
        "alone": photo_with(packet("")),
        "padded with zeros": photo_with(packet(""), behind=bytes(300)),
        "gain map": ultra_hdr(),
        "gain map, big endian, and a film": listed(">", [(GAIN_MAP_KIND, GAIN_MAP)], FILM),
        "preview and gain map": listed("<", [(PREVIEW_KIND, GAIN_MAP), (GAIN_MAP_KIND, GAIN_MAP)]),
        "preview alone": listed("<", [(PREVIEW_KIND, GAIN_MAP)]),
        "film": photo_with(MOTION, behind=FILM),
        "trailer of Samsung": photo_with(packet(""), behind=trailer),
        "segments of makers and a signature": photo_with(
            packet(""),
            segment_bytes("APP1", b"FLIR\0\1\0\0" + bytes(100)),
            segment_bytes("APP11", b"JP\0\1\0\0\0\1jumb...c2pa" + bytes(60)),
            segment_bytes("APP6", b"GoPro\0DEVC"),
            segment_bytes("COM", b"a comment"),
        ),
        "a directory that points nowhere": photo_with(
            HDR, segment_bytes("APP2", MPF_HEADER + b"II*\0\xff\xff\xff\x7f"), behind=GAIN_MAP
        ),
        "cut short": photo_with(MOTION, behind=FILM)[:-700],
    }


def listed(order: str, pictures: list[tuple[int, bytes]], behind: bytes = b"") -> bytes:
    """A picture whose MPF directory, in this byte order, lists others behind it."""

    def index(length: int, base: int) -> bytes:
        entries = [(MAIN_KIND, length, 0, 0)]
        at = length - base
        for kind, data in pictures:
            entries.append((kind, len(data), at, 0))
            at += len(data)
        values = b"".join(struct.pack(order + "IIII", *entry) for entry in entries)
        head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "IH", 8, 2)
        head += struct.pack(order + "HHII", 0xB001, 4, 1, len(entries))
        head += struct.pack(order + "HHII", 0xB002, 7, len(values), 38) + bytes(4)
        return segment_bytes("APP2", MPF_HEADER + head + values)

    empty = photo_with(HDR, index(0, 0))
    written = index(len(empty), empty.index(MPF_HEADER) + len(MPF_HEADER))
    return photo_with(HDR, written, behind=b"".join(data for _, data in pictures) + behind)


def golden() -> dict[str, Any]:
    return {name: {"source": _text(data), **outcome(data)} for name, data in sources().items()}


def outcome(source: bytes) -> dict[str, Any]:
    """What the SDK makes of a file."""
    photo = decode(source)
    written = encode(photo, "JPEG")
    structure = find_segments(written)
    pictures, kept = [], []
    for segment in structure.segments:
        if segment.payload.startswith(MPF_HEADER):
            index = mpf.read_index(segment.payload)
            assert index is not None
            base = segment.at + len(MPF_HEADER)
            main, *others = index.entries
            assert (main.length, main.offset) == (structure.end, 0)
            pictures = [[e.attributes, e.length, e.offset + base - structure.end] for e in others]
        elif _is_copied(segment.name, segment.payload):
            kept.append([segment.name, len(segment.payload), _checksum(segment.payload)])
    return {
        "behind": _text(written[structure.end :]),
        "pictures": pictures,
        "kept": sorted(kept),
        "left_out": len([note for note in photo.notes if "left out" in note]),
    }


def _is_copied(name: str, payload: bytes) -> bool:
    written_anew = payload.startswith((EXIF_HEADER, ICC_HEADER))
    return (name == "COM" or name.startswith("APP")) and name != "APP0" and not written_anew


def _checksum(data: bytes) -> str:
    return f"{zlib.crc32(data):08x}"


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(golden(), indent=1) + "\n", encoding="utf-8")
