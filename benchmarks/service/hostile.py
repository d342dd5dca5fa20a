"""Small files that would take a careless reader hours or gigabytes."""

import io
import struct
import zlib
from collections.abc import Callable, Mapping


def tile_beyond_the_picture() -> bytes:
    """TIFF: a picture of 16x16 in one tile of 20000x20000."""
    packed = zlib.compress(bytes(16))
    entries = [(256, 4, 16), (257, 4, 16), (258, 3, 8), (259, 3, 8), (262, 3, 2), (277, 3, 3)]
    entries += [(322, 4, 20_000), (323, 4, 20_000), (324, 4, 8), (325, 4, len(packed))]
    return _tiff(packed, entries)


def overlapping_directories() -> bytes:
    """TIFF: a chain of 2,000 directories of 65,535 entries each in less than a megabyte."""
    directory = 2 + 12 * 65_535
    data = bytearray(b"\xff" * (8 + directory + 4 * 2001))
    data[:8] = b"II*\0" + struct.pack("<I", 8)
    for number in range(2000):
        following = 8 + 4 * (number + 1) if number < 1999 else 0
        struct.pack_into("<I", data, 8 + 4 * number + directory, following)
    return bytes(data)


def endless_scans() -> bytes:
    """JPEG: 2,000 progressive scans."""
    from PIL import Image

    file = io.BytesIO()
    Image.new("L", (2000, 2000), 128).save(file, "JPEG", progressive=True)
    data = file.getvalue()
    return data[:-2] + 2000 * data[data.rfind(b"\xff\xda") : -2] + b"\xff\xd9"


def repeated_profiles() -> bytes:
    """PNG: 200 colour profiles of 30 MB each, packed."""
    profile = _chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(30_000_000), 9))
    return _png(16, 200 * profile + _chunk(b"IDAT", zlib.compress(16 * bytes(49))))


def huge_picture() -> bytes:
    """PNG: 60000x60000, of which nothing is there."""
    return _png(60_000, _chunk(b"IDAT", zlib.compress(bytes(1000))))


def text_of_spaces() -> bytes:
    """PNG: IPTC in 30 MB of text, packed, whose digits have spaces between them."""
    text = b"Raw profile type iptc\0\0" + zlib.compress(b"\niptc\n1\n" + b"a " * 15_000_000, 9)
    return _png(16, _chunk(b"zTXt", text) + _chunk(b"IDAT", zlib.compress(16 * bytes(49))))


def picture_behind_a_turned_one() -> bytes:
    """JPEG: to be turned, and behind it a second one of 60000x60000, of which nothing is there."""
    from PIL import Image

    first, second = io.BytesIO(), io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("L", (16, 16), 128).save(first, "JPEG", exif=exif)
    Image.new("L", (16, 16), 128).save(second, "JPEG")
    bomb = bytearray(second.getvalue())
    frame = bomb.index(b"\xff\xc0")
    bomb[frame + 5 : frame + 9] = struct.pack(">HH", 60_000, 60_000)
    return first.getvalue() + bytes(bomb)


def large_and_empty() -> bytes:
    """JPEG 2000: 10000x10000 in one tile, of which nothing is there."""
    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (64, 64)).save(file, "JPEG2000", no_jp2=True)
    data, sides = bytearray(file.getvalue()), struct.pack(">II", 10_000, 10_000)
    data[8:16], data[24:32] = sides, sides
    return bytes(data)


HOSTILE: Mapping[str, Callable[[], bytes]] = {
    made.__name__: made
    for made in (
        tile_beyond_the_picture,
        overlapping_directories,
        endless_scans,
        repeated_profiles,
        huge_picture,
        text_of_spaces,
        picture_behind_a_turned_one,
        large_and_empty,
    )
}


def _tiff(data: bytes, entries: list[tuple[int, int, int]]) -> bytes:
    place = 8 + len(data) + len(data) % 2
    head = b"II*\0" + struct.pack("<I", place) + data.ljust(place - 8, b"\0")
    packed = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    return head + struct.pack("<H", len(entries)) + packed + bytes(4)


def _png(side: int, chunks: bytes) -> bytes:
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunks + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
