"""Maker notes of TIFF files still point to their values after the move into another file."""

import io
import struct

import pytest
from PIL import Image

from litedenoise_sdk.imageio import decode, encode
from litedenoise_sdk.imageio.photo import Format
from tests.imageio.imageio_files import noise

INSIDE, OUTSIDE = b"inside the note, 32 bytes long..", b"kept elsewhere in the source...."
HEADS = {
    "Olympus": b"OLYMP\0\1\0",
    "Canon": b"",
    "Panasonic": b"Panasonic\0\0\0",
    "Nikon 1": b"Nikon\0\1\0",
    "Pentax": b"AOC\0\0\0",
}


def tiff_with_note(head: bytes, order: str, *, relative: bool = False) -> bytes:
    """A picture behind which EXIF and a maker note of two values lie, one outside of the note."""

    def pack(layout: str, *values: int) -> bytes:
        return struct.pack(order + layout, *values)

    pixels = noise((8, 8)).tobytes()
    first = 8 + len(pixels) + len(OUTSIDE)
    exif_at = first + 2 + 12 * 9 + 4
    note_at = exif_at + 2 + 12 + 4
    value_at = len(head) + 2 + 12 * 2 + 4 + (0 if relative else note_at)
    outside = len(head) + 2 + 12 * 2 + 4 if relative else 8 + len(pixels)
    note = head + pack("H", 2) + pack("HHII", 1, 7, 32, value_at)
    note += pack("HHII", 2, 7, 32, outside) + pack("I", 0) + INSIDE
    tags = [(256, 8), (257, 8), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1), (279, 64)]
    directory = pack("H", 9) + b"".join(pack("HHII", tag, 4, 1, value) for tag, value in tags)
    directory += pack("HHII", 0x8769, 4, 1, exif_at) + pack("I", 0)
    exif = pack("H", 1) + pack("HHII", 0x927C, 7, len(note), note_at) + pack("I", 0)
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return mark + pack("I", first) + pixels + OUTSIDE + directory + exif + note


def values_of_note(data: bytes, format: Format, head: bytes, order: str) -> list[bytes]:
    """What the note points to, by offsets from the start of the file or of the EXIF block."""
    block = data
    if format != "TIFF":
        with Image.open(io.BytesIO(data)) as image:
            block = image.info["exif"]
        block = block[6:] if block.startswith(b"Exif\0\0") else block
    note = block.index(head + struct.pack(order + "HHH", 2, 1, 7)) + len(head) + 2
    offsets = [struct.unpack_from(order + "I", block, note + 8 + 12 * n)[0] for n in range(2)]
    return [block[offset : offset + 32] for offset in offsets]


@pytest.mark.parametrize("format", ["TIFF", "JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("maker", HEADS)
def test_offsets_are_rebased(maker: str, order: str, format: Format) -> None:
    written = encode(decode(tiff_with_note(HEADS[maker], order)), format)
    assert values_of_note(written, format, HEADS[maker], order) == [INSIDE, OUTSIDE]


def test_notes_that_count_from_their_own_start_are_left_alone() -> None:
    data = tiff_with_note(b"", "<", relative=True)
    note = data[data.index(struct.pack("<HHH", 2, 1, 7)) :]
    assert note in encode(decode(data), "TIFF")
