"""What JPEG 2000 files say and ask for, of which Pillow (OpenJPEG) reads the pixels alone.

OpenJPEG takes memory for every tile, precinct, code-block and packet that the codestream states,
whether or not anything is there.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from litedenoise_sdk.errors import UnreadableImage
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio import exif as exif_block
from litedenoise_sdk.imageio.boxes import boxes
from litedenoise_sdk.imageio.limits import (
    JP2_PX_PER_BLOCK,
    MAX_JP2_PACKETS,
    MAX_JP2_PX_PER_BYTE,
    MAX_JP2_TILE_PARTS,
    MAX_JP2_TILES,
    MIN_JP2_BLOCKS,
    MIN_JP2_PX,
    check_budget,
)
from litedenoise_sdk.imageio.photo import Metadata

_UUIDS = {  # as exiftool and Kakadu write them
    b"JpgTiffExif->JP2": "exif",
    bytes.fromhex("be7acfcb97a942e89c71999491e3afac"): "xmp",
    bytes.fromhex("33c7a4d2b81d4723a0baf1a3e097ad38"): "iptc",
}
_STREAM = b"\xff\x4f\xff\x51"
_COD, _COC, _SOT, _SOD = 0xFF52, 0xFF53, 0xFF90, 0xFF93
_MARKERS = {0xFF00 | low for low in b"\x50\x51\x52\x53\x55\x57\x58\x59\x5c\x5d\x5e\x5f\x60\x61"
            b"\x63\x64\x74\x75\x77\x78\x90"}  # fmt: skip
"""Those with a length that OpenJPEG knows; at others it looks for the next one that it knows."""
_WHOLE = 15
"""Exponent of a precinct's sides where none is stated."""


def of_jpeg_2000(data: bytes) -> Metadata:
    """EXIF, XMP, captions and the ICC profile of a JP2 file (ISO 15444-1, annex I)."""
    found: dict[str, bytes] = {}
    for kind, content in boxes(data):
        if kind == b"uuid" and content[:16] in _UUIDS:
            found.setdefault(_UUIDS[content[:16]], content[16:])
        elif kind == b"jp2h":
            for inner, value in boxes(content):
                if inner == b"colr" and value[:1] in (b"\2", b"\3"):
                    found.setdefault("icc", value[3:])
    return Metadata(
        format="PNG",
        exif=exif_block.bare(found.get("exif")),
        icc=found.get("icc"),
        xmp=found.get("xmp"),
        iptc=found.get("iptc"),
    )


@dataclass(frozen=True, slots=True)
class _Coding:
    """How a tile is divided.

    Attributes:
        layers: of quality; 1 in a segment that does not say.
        block: exponents of a code-block's width and height.
        precincts: those of a precinct, for each resolution from the smallest.
    """

    layers: int
    block: tuple[int, int]
    precincts: tuple[tuple[int, int], ...]

    def count(self, tile: Size) -> tuple[int, int]:
        """Precincts, and code-blocks and bands besides, of one channel of a tile."""
        all_precincts = all_blocks = 0
        for resolution, (wide, high) in enumerate(self.precincts):
            shift = len(self.precincts) - 1 - resolution
            width, height = -(-tile.width >> shift), -(-tile.height >> shift)
            precincts = -(-width >> wide) * -(-height >> high)
            halved, bands = (1, 3) if resolution else (0, 1)
            across = -(-width >> halved + min(self.block[0], max(0, wide - halved)))
            down = -(-height >> halved + min(self.block[1], max(0, high - halved)))
            all_precincts += precincts
            all_blocks += bands * (precincts + across * down)
        return all_precincts, all_blocks


def check_codestream(data: bytes, size: Size) -> None:
    """Refuse JPEG 2000 files whose codestream asks for far more than photographs do.

    Args:
        data: the whole file.
        size: of the picture, as the file's header states it.

    Raises:
        UnreadableImage: the codestream is not there, is of another size or is cut short.
        ImageTooLarge: more tiles, code-blocks or packets than photographs have.
        struct.error, IndexError: it makes no sense.
    """
    stream = _stream(data)
    right, bottom, left, top, width, height, tiles_left, tiles_top, channels = struct.unpack_from(
        ">8IH", stream, 8
    )
    found = Size(bottom - top, right - left)
    if found != size:
        raise UnreadableImage(f"the JPEG 2000 file says it is {size} pixels, its picture {found}")
    if size.area > max(MIN_JP2_PX, MAX_JP2_PX_PER_BYTE * len(stream)):
        raise UnreadableImage(
            f"the JPEG 2000 file has {len(stream)} bytes for {size.area / 1e6:.1f} megapixels, so "
            "most of it is missing; get the file again from its source"
        )
    across, down = (-(-(end - start) // max(1, side)) for end, start, side in (
        (right, tiles_left, width), (bottom, tiles_top, height)))  # fmt: skip
    tiles = across * down
    check_budget("tiles", tiles, MAX_JP2_TILES)
    tile = Size(min(height, size.height), min(width, size.width))
    layers = most_precincts = most_blocks = 1
    for coding in _codings(stream, channels):
        precincts, blocks = coding.count(tile)
        layers = max(layers, coding.layers)
        most_precincts, most_blocks = max(most_precincts, precincts), max(most_blocks, blocks)
    samples = size.area * channels
    most = max(MIN_JP2_BLOCKS, samples // JP2_PX_PER_BLOCK)
    check_budget("code-blocks", tiles * channels * most_blocks, most)
    check_budget("packets", tiles * channels * most_precincts * layers, MAX_JP2_PACKETS)


def _stream(data: bytes) -> bytes:
    if not data.startswith(_STREAM):
        data = next((content for kind, content in boxes(data) if kind == b"jp2c"), b"")
    if not data.startswith(_STREAM):
        raise UnreadableImage("the JPEG 2000 file holds no picture; get it again from its source")
    return data


def _codings(stream: bytes, channels: int) -> Iterator[_Coding]:
    """Of the whole picture and of single tiles and channels."""
    for marker, content in _segments(stream):
        if marker == _COD:
            (layers,) = struct.unpack_from(">H", content, 2)
            yield _coding(layers, bool(content[0] & 1), content[5:])
        elif marker == _COC:
            style = 1 if channels < 257 else 2
            yield _coding(1, bool(content[style] & 1), content[style + 1 :])


def _coding(layers: int, has_precincts: bool, said: bytes) -> _Coding:
    resolutions = 1 + min(said[0], 32)
    sides = [(_WHOLE, _WHOLE)] * resolutions
    if has_precincts:
        sides = [(side & 15, side >> 4) for side in said[5 : 5 + resolutions]]
    return _Coding(layers, (2 + said[1], 2 + said[2]), tuple(sides))


def _segments(stream: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker segments of the main header and of those of the tile-parts."""
    at, end, parts = 2, len(stream), 0
    while at + 4 <= len(stream):
        marker, length = struct.unpack_from(">HH", stream, at)
        if marker == _SOD:  # behind the data lies the next part, or nothing that is read
            at = end
            if stream[at : at + 2] != _SOT.to_bytes(2, "big"):
                return
            continue
        if marker not in _MARKERS or length < 2:
            raise UnreadableImage(
                f"the JPEG 2000 file has the unknown marker {marker:x}; get it again from its "
                "source"
            )
        content = stream[at + 4 : at + 2 + length]
        if marker == _SOT:
            parts += 1
            check_budget("parts of tiles", parts, MAX_JP2_TILE_PARTS)
            (part_bytes,) = struct.unpack_from(">I", content, 2)
            end = at + part_bytes if part_bytes else len(stream)
            if part_bytes and part_bytes < 14:
                raise UnreadableImage("a tile of the JPEG 2000 file has no length")
        yield marker, content
        at += 2 + length
