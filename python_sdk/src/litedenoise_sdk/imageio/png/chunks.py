"""PNG's chunks: what the file says, apart from its pixels (PNG specification, third edition)."""

import binascii
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from string import whitespace
from typing import BinaryIO

from litedenoise_sdk.errors import UnreadableImage
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio import exif as exif_block
from litedenoise_sdk.imageio import photoshop
from litedenoise_sdk.imageio.credentials import C2PA_NOTE
from litedenoise_sdk.imageio.limits import (
    MAX_METADATA_BYTES,
    MAX_PNG_CHUNKS,
    MAX_PNG_RECORDS,
    MAX_PROFILE_BYTES,
    check_budget,
    check_size,
)

SIGNATURE = b"\x89PNG\r\n\x1a\n"
INCH_M = 0.0254
XMP_KEYWORD = b"XML:com.adobe.xmp"
_PIECE_BYTES = 1_000_000
_DAMAGED = "the PNG file is damaged or cut short ({}); get the file again from its source"

# Chunks that stay true for denoised pixels though they are not safe to copy, and those that are
# true of the pixels as they were, or written anew.
_KEPT = frozenset({"gAMA", "cHRM", "sRGB", "cICP", "mDCV", "cLLI"})
_NOT_KEPT = frozenset({"IEND", "pHYs", "iCCP", "tIME", "sBIT", "bKGD", "hIST", "sPLT", "iDOT"})
_FRAMES = frozenset({"fcTL", "fdAT"})
"""Of an animation, of which the first is the picture."""
_RAW_PROFILE = re.compile(rb"Raw profile type (exif|APP1|xmp|iptc|8bim)\0", re.IGNORECASE)


@dataclass(slots=True)
class PngChunks:
    """A PNG file, chunk by chunk.

    Attributes:
        size, depth, colour_type, interlaced: of IHDR.
        data: offsets and lengths of the IDAT payloads; together one zlib stream.
        palette, transparency: PLTE and tRNS.
        frames: 1, or what an animated PNG claims.
        exif, icc, xmp, iptc, photoshop, dpi, kept: metadata; ``kept`` as (chunk name, payload).
        unpacked: bytes of metadata so far.
        notes: metadata that could not be read or kept.
        damage: that stopped nothing.
    """

    size: Size
    depth: int
    colour_type: int
    interlaced: bool
    data: list[tuple[int, int]] = field(default_factory=list)
    palette: bytes = b""
    transparency: bytes | None = None
    frames: int = 1
    exif: bytes | None = None
    icc: bytes | None = None
    xmp: bytes | None = None
    iptc: bytes | None = None
    photoshop: bytes | None = None
    dpi: tuple[float, float] | None = None
    kept: list[tuple[str, bytes]] = field(default_factory=list)
    unpacked: int = 0
    notes: list[str] = field(default_factory=list)
    damage: list[str] = field(default_factory=list)

    def count(self, data: bytes) -> bytes:
        """Adds to ``unpacked``. Raises ImageTooLarge."""
        self.unpacked += len(data)
        check_budget("bytes of metadata", self.unpacked, MAX_METADATA_BYTES)
        return data


def damaged(reason: object) -> UnreadableImage:
    return UnreadableImage(_DAMAGED.format(reason))


def read_chunks(file: BinaryIO, max_pixels: int, strict: bool = False) -> PngChunks:
    """Read a PNG file up to its end marker, or as far as it goes.

    Wrong checksums of pixel data and a missing end marker are noted; ``strict`` refuses them.

    Raises:
        UnreadableImage: a chunk that matters is damaged or missing.
        ImageTooLarge: more than ``max_pixels`` pixels.
    """
    if file.read(8) != SIGNATURE:
        raise damaged("no PNG signature")
    damage: list[str] = []
    chunks = _chunks(file, damage, strict)
    name, payload, _ = next(chunks, ("", b"", (0, 0)))
    if name != "IHDR" or len(payload) != 13:
        raise damaged("no header")
    width, height, depth, colour_type, _, _, interlace = struct.unpack(">IIBBBBB", payload)
    png = PngChunks(Size(height, width), depth, colour_type, interlace == 1, damage=damage)
    check_size(png.size, max_pixels)
    records = 0
    for name, payload, place in chunks:
        if name == "IDAT":
            png.data.append(place)
        elif name == "PLTE":
            png.palette = payload
        elif name == "tRNS":
            png.transparency = payload
        elif name[0].isupper() and name != "IEND":
            raise damaged(f"unknown critical chunk {name!r}")
        elif name not in _FRAMES:
            records += 1
            check_budget("PNG chunks beside its picture", records, MAX_PNG_RECORDS)
            try:
                _read_metadata(png, name, png.count(payload))
            except (ValueError, IndexError, struct.error, zlib.error) as error:
                note = f"the PNG chunk {name} could not be read ({error})"
                if note not in png.notes:
                    png.notes.append(note)
    if not png.data:
        raise damaged("no picture data")
    if file.read(1):
        png.notes.append("what followed the end of the PNG file was left out")
    return png


def _chunks(
    file: BinaryIO, damage: list[str], strict: bool
) -> Iterator[tuple[str, bytes, tuple[int, int]]]:
    """Every chunk up to and including IEND: name, payload, and its place in the file.

    Pixel data is checked but not kept. Damaged ancillary chunks are left out.
    """

    def tolerate(note: str) -> None:
        if strict:
            raise damaged(note)
        if note not in damage:
            damage.append(note)

    for _ in range(MAX_PNG_CHUNKS):
        head = file.read(8)
        if len(head) < 8:
            return tolerate("the file ends early: its end marker is missing")
        length, kind = struct.unpack(">I4s", head)
        if length > 0x7FFFFFFF or not kind.isalpha():
            raise damaged("not a chunk where one should be")
        place = file.tell(), length
        checksum, payload, found = zlib.crc32(kind), [], 0
        for piece in read_pieces(file, [place]):
            checksum = zlib.crc32(piece, checksum)
            found += len(piece)
            if kind != b"IDAT":
                payload.append(piece)
        stated = file.read(4)
        if len(stated) < 4:
            tolerate("the file ends early: its last chunk is cut short")
            if kind == b"IDAT":
                yield "IDAT", b"", (place[0], found)
            return None
        if checksum == int.from_bytes(stated, "big"):
            yield kind.decode("ascii"), b"".join(payload), place
        elif kind == b"IDAT":
            tolerate("the checksum of the pixel data is wrong: some of it may be damaged")
            yield "IDAT", b"", place
        elif kind == b"IEND":
            tolerate("the checksum of the end marker is wrong")
        elif kind[:1].isupper():
            raise damaged(f"the checksum of chunk {kind.decode('ascii')} does not match")
        if kind == b"IEND":
            return None
    return check_budget("PNG chunks", MAX_PNG_CHUNKS + 1, MAX_PNG_CHUNKS)


def read_pieces(file: BinaryIO, places: list[tuple[int, int]]) -> Iterator[bytes]:
    """What lies at some (offset, length), in pieces of bounded size, up to the file's end."""
    for offset, length in places:
        file.seek(offset)
        end = offset + length
        while offset < end and (piece := file.read(min(end - offset, _PIECE_BYTES))):
            yield piece
            offset += len(piece)


def _read_metadata(png: PngChunks, name: str, payload: bytes) -> None:
    match name:
        case "acTL":
            png.frames = struct.unpack(">II", payload)[0]
        case "eXIf":
            png.exif = exif_block.bare(payload)
        case "iCCP" if png.icc is None:
            png.icc = _inflate(png, payload[payload.index(b"\0") + 2 :])
        case "pHYs":
            x, y, unit = struct.unpack(">IIB", payload)
            if unit == 1 and x and y:
                png.dpi = (_dpi(x), _dpi(y))
        case "iTXt" if payload.startswith(XMP_KEYWORD + b"\0"):
            png.xmp = _international_text(png, payload)
        case "tEXt" | "zTXt" if found := _RAW_PROFILE.match(payload):
            body = payload[found.end() :]
            profile = _raw_profile(_inflate(png, body[1:]) if name == "zTXt" else body)
            if found[1].lower() == b"xmp":
                png.xmp = png.xmp or profile
            elif found[1].lower() in (b"iptc", b"8bim"):
                _read_captions(png, profile)
            else:
                png.exif = png.exif or exif_block.bare(profile)
        case "caBX":
            png.notes.append(C2PA_NOTE)
        case _ if name in _KEPT or (name[3].islower() and name not in _NOT_KEPT):
            png.kept.append((name, payload))
        case _ if name not in _NOT_KEPT:
            png.notes.append(f"the PNG chunk {name} was left out, as it is true of the old pixels")


def _dpi(per_metre: int) -> float:
    """Dots per inch: a whole number where that is what was rounded to whole dots per metre."""
    dpi = per_metre * INCH_M
    return round(dpi) if round(round(dpi) / INCH_M) == per_metre else dpi


def _read_captions(png: PngChunks, profile: bytes) -> None:
    """Captions, around which ImageMagick puts Photoshop's resources."""
    if not photoshop.are_resources(profile):
        png.iptc = png.iptc or profile
    else:
        png.iptc = png.iptc or photoshop.captions(profile)
        png.photoshop = png.photoshop or photoshop.others(profile)


def _inflate(png: PngChunks, data: bytes) -> bytes:
    """zlib data, refusing what unpacks to more than any real profile."""
    inflater = zlib.decompressobj()
    result = png.count(inflater.decompress(data, MAX_PROFILE_BYTES))
    if not inflater.eof:
        raise ValueError(f"cut short, or larger than {MAX_PROFILE_BYTES} bytes")
    return result


def _international_text(png: PngChunks, payload: bytes) -> bytes:
    rest = payload[payload.index(b"\0") + 1 :]
    compressed, rest = rest[0], rest[2:]
    for _ in ("language", "translated keyword"):
        rest = rest[rest.index(b"\0") + 1 :]
    return _inflate(png, rest) if compressed else rest


def _raw_profile(text: bytes) -> bytes:
    """ImageMagick's way to put a profile into text: name, length, hexadecimal digits."""
    _, length, digits = text.lstrip(b"\n").split(b"\n", 2)
    profile = binascii.unhexlify(digits.translate(None, whitespace.encode()))
    if len(profile) != int(length):
        raise ValueError("its length is not the one it states")
    return profile
