"""Pillow's JPEG encoder on some rows at a time, as it takes 4 bytes for each pixel it is given."""

import io
from collections.abc import Iterator
from typing import Any

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio.jpeg.segments import MAX_RESTART_INTERVAL, RST, find_segments
from litedenoise_sdk.imageio.parallel import ordered_map
from litedenoise_sdk.imageio.photo import Photo
from litedenoise_sdk.imageio.pillow import rows_to_pillow

_UNITS = {0: Size(8, 8), 1: Size(8, 16), 2: Size(16, 16)}
"""What is coded together (the MCU), by Pillow's number for the subsampling of colour."""

_ROWS = 16
"""Parts have a multiple of so many rows, the height of the tallest unit."""

_PART_PX = 500_000
_WORKERS = 2


def encoded_parts(
    photo: Photo, compression: dict[str, Any], head: dict[str, Any]
) -> Iterator[bytes]:
    """A JPEG file, piece by piece from its first byte to its last.

    Parts of the photo are encoded one by one and joined by restart markers, which stand where a
    decoder starts afresh (ITU-T T.81, E.1.4), so the pixels are those of a file without them. A
    progressive file passes over the whole picture several times, and is a single part.

    Args:
        photo: of any depth, which is rounded; transparency is put on white.
        compression: Pillow's options ``subsampling``, ``progressive``, and ``qtables`` or
            ``quality``.
        head: Pillow's options for what the file says beside its pixels.
    """
    size, mode = photo.size, "L" if photo.grey else "RGB"
    rows = size.height
    if not compression.get("progressive"):
        unit = _UNITS[0 if photo.grey else compression["subsampling"]]
        units_across = -(-size.width // unit.width)
        most = MAX_RESTART_INTERVAL // units_across * unit.height
        rows = max(min(_PART_PX // size.width, most) // _ROWS, 1) * _ROWS
        if rows < size.height:
            units = rows // unit.height * units_across
            compression = {**compression, "restart_marker_blocks": units}

    def encode(top: int) -> bytes:
        part = io.BytesIO()
        image = rows_to_pillow(photo, slice(top, top + rows), mode)
        # Into memory, as Pillow reports a full disk as "encoder error -2".
        # Not optimized, as that makes Pillow ask for two bytes a pixel at once.
        image.save(part, "JPEG", **compression, **({} if top else head))
        return part.getvalue()

    tops = range(0, size.height, rows)
    for number, part in enumerate(ordered_map(encode, tops, _WORKERS)):
        end = len(part) if number == len(tops) - 1 else -2
        if number:
            yield bytes((0xFF, RST + (number - 1) % 8)) + part[find_segments(part).scan_at : end]
        else:
            yield _with_height(part, size.height)[:end]


def _with_height(part: bytes, height: int) -> bytes:
    """The file's first part, whose frame header states all of its rows."""
    frame = find_segments(part).frame
    assert frame is not None  # Pillow writes one
    at = frame.at + 1
    return part[:at] + height.to_bytes(2, "big") + part[at + 2 :]
