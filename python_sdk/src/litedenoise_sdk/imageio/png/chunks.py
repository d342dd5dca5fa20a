"""PNG's chunks: what the file says, apart from its pixels (PNG specification, third edition)."""

import binascii
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from litedenoise_sdk.errors import UnreadableImage
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio import exif as exif_block
from litedenoise_sdk.imageio.limits import check_size

SIGNATURE = b"\x89PNG\r\n\x1a\n"
INCH_M = 0.0254
XMP_KEYWORD = b"XML:com.adobe.xmp"
_MAX_PROFILE_BYTES = 32_000_000
_PIECE_BYTES = 1_000_000
_DAMAGED = "the PNG file is damaged or cut short ({}); get the file again from its source"

# Chunks that stay true for denoised pixels and that only PNG can hold.
_KEPT = frozenset({"gAMA", "cHRM", "sRGB", "cICP", "mDCV", "cLLI", "tEXt", "zTXt", "iTXt"})
_RAW_PROFILE = re.compile(rb"Raw profile type (exif|APP1|xmp)\0", re.IGNORECASE)


@dataclass(slots=True)
class PngChunks:
    """A PNG file, chunk by chunk.

    Attributes:
        size, depth, colour_type, interlaced: of IHDR.
        data: offsets and lengths of the IDAT payloads; together one zlib stream.
        palette, transparency: PLTE and tRNS.
        frames: 1, or what an animated PNG claims.
        exif, icc, xmp, dpi, kept: metadata; ``kept`` as (chunk name, payload).
        notes: metadata that could not be read.
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
    dpi: tuple[float, float] | None = None
    kept: list[tuple[str, bytes]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def damaged(reason: object) -> UnreadableImage:
    return UnreadableImage(_DAMAGED.format(reason))


def read_chunks(file: BinaryIO, max_pixels: int) -> PngChunks:
    """Read a PNG file up to its end marker.

    Raises:
        UnreadableImage: a chunk that matters is damaged or missing.
        ImageTooLarge: more than ``max_pixels`` pixels.
    """
    if file.read(8) != SIGNATURE:
        raise damaged("no PNG signature")
    chunks = _chunks(file)
    name, payload, _ = next(chunks)
    if name != "IHDR" or len(payload) != 13:
        raise damaged("no header")
    width, height, depth, colour_type, _, _, interlace = struct.unpack(">IIBBBBB", payload)
    png = PngChunks(Size(height, width), depth, colour_type, interlace == 1)
    check_size(png.size, max_pixels)
    for name, payload, place in chunks:
        if name == "IDAT":
            png.data.append(place)
        elif name == "PLTE":
            png.palette = payload
        elif name == "tRNS":
            png.transparency = payload
        elif name[0].isupper() and name != "IEND":
            raise damaged(f"unknown critical chunk {name!r}")
        else:
            try:
                _read_metadata(png, name, payload)
            except (ValueError, IndexError, struct.error, zlib.error) as error:
                png.notes.append(f"the PNG chunk {name} could not be read ({error})")
    if not png.data:
        raise damaged("no picture data")
    return png


def _chunks(file: BinaryIO) -> Iterator[tuple[str, bytes, tuple[int, int]]]:
    """Every chunk up to and including IEND: name, payload, and its place in the file.

    Pixel data is checked but not kept. Damaged ancillary chunks are left out.
    """
    while True:
        head = file.read(8)
        if len(head) < 8:
            raise damaged("it ends before its end marker")
        length, kind = struct.unpack(">I4s", head)
        if length > 0x7FFFFFFF or not kind.isalpha():
            raise damaged("not a chunk where one should be")
        place = file.tell(), length
        checksum, payload = zlib.crc32(kind), []
        for piece in read_pieces(file, [place]):
            checksum = zlib.crc32(piece, checksum)
            if kind != b"IDAT":
                payload.append(piece)
        stated = file.read(4)
        if len(stated) < 4:
            raise damaged("it ends in the middle of a chunk")
        if checksum == int.from_bytes(stated, "big"):
            yield kind.decode("ascii"), b"".join(payload), place
        elif kind[:1].isupper():
            raise damaged(f"the checksum of chunk {kind.decode('ascii')} does not match")
        if kind == b"IEND":
            return


def read_pieces(file: BinaryIO, places: list[tuple[int, int]]) -> Iterator[bytes]:
    """What lies at some (offset, length), in pieces of bounded size."""
    for offset, length in places:
        file.seek(offset)
        end = offset + length
        while offset < end:
            piece = file.read(min(end - offset, _PIECE_BYTES))
            if not piece:
                raise damaged("it ends in the middle of a chunk")
            yield piece
            offset += len(piece)


def _read_metadata(png: PngChunks, name: str, payload: bytes) -> None:
    match name:
        case "acTL":
            png.frames = struct.unpack(">II", payload)[0]
        case "eXIf":
            png.exif = exif_block.bare(payload)
        case "iCCP":
            png.icc = _inflate(payload[payload.index(b"\0") + 2 :])
        case "pHYs":
            x, y, unit = struct.unpack(">IIB", payload)
            if unit == 1 and x and y:
                png.dpi = (x * INCH_M, y * INCH_M)
        case "iTXt" if payload.startswith(XMP_KEYWORD + b"\0"):
            png.xmp = _international_text(payload)
        case "tEXt" | "zTXt" if found := _RAW_PROFILE.match(payload):
            body = payload[found.end() :]
            profile = _raw_profile(_inflate(body[1:]) if name == "zTXt" else body)
            if found[1].lower() == b"xmp":
                png.xmp = png.xmp or profile
            else:
                png.exif = png.exif or exif_block.bare(profile)
        case _ if name in _KEPT:
            png.kept.append((name, payload))


def _inflate(data: bytes) -> bytes:
    """zlib data, refusing what unpacks to more than any real profile."""
    inflater = zlib.decompressobj()
    result = inflater.decompress(data, _MAX_PROFILE_BYTES)
    if not inflater.eof:
        raise ValueError(f"cut short, or larger than {_MAX_PROFILE_BYTES} bytes")
    return result


def _international_text(payload: bytes) -> bytes:
    rest = payload[payload.index(b"\0") + 1 :]
    compressed, rest = rest[0], rest[2:]
    for _ in ("language", "translated keyword"):
        rest = rest[rest.index(b"\0") + 1 :]
    return _inflate(rest) if compressed else rest


def _raw_profile(text: bytes) -> bytes:
    """ImageMagick's way to put a profile into text: name, length, hexadecimal digits."""
    _, length, digits = text.lstrip(b"\n").split(b"\n", 2)
    profile = binascii.unhexlify(b"".join(digits.split()))
    if len(profile) != int(length):
        raise ValueError("its length is not the one it states")
    return profile
