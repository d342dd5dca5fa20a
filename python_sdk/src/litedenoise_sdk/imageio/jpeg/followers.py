"""What follows the picture in a JPEG file: gain maps, films, depth maps, makers' trailers.

All of it is copied as it is behind the new picture. Nearly everything that points
there counts from the file's end or states lengths (motion photos, GContainer, Samsung's trailer),
and so stays true; only the MPF directory counts from the front, and is written anew. Two things
have to change: previews show the noisy picture, so they are dropped; and a gain map is stored
as the picture was, so it is turned upright with it.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace

from litedenoise_sdk.errors import ImageTooLarge
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio import xmp as xmp_packet
from litedenoise_sdk.imageio.jpeg import mpf
from litedenoise_sdk.imageio.jpeg.segments import (
    MPF_HEADER,
    Structure,
    find_segments,
    segment_bytes,
)
from litedenoise_sdk.imageio.limits import (
    MAX_FOLLOWERS,
    MAX_METADATA_BYTES,
    MAX_TILE_AREA_PX,
    check_budget,
    check_size,
)
from litedenoise_sdk.imageio.orientation import PILLOW_TURNS

TRAILER = "trailer"
"""Name of what follows the picture, among a JPEG file's own records."""


@dataclass(frozen=True, slots=True)
class Followers:
    """What follows a picture.

    Attributes:
        data: all bytes of it.
        index: the MPF directory of these bytes; its offsets count from the first of them.
        xmp: the picture's packet, with lengths that fit.
        notes: what had to go.
    """

    data: bytes
    index: mpf.Index | None
    xmp: bytes | None
    notes: tuple[str, ...] = ()


def read_followers(
    data: bytes, structure: Structure, xmp: bytes | None, orientation: int
) -> Followers:
    """What follows the picture, for a picture that is turned upright.

    Raises:
        ImageTooLarge: more bytes than any photograph carries.
    """
    check_budget("bytes behind its picture", len(data) - structure.end, MAX_METADATA_BYTES)
    rest = data[structure.end :]
    if not rest.strip(b"\0"):
        return Followers(b"", None, xmp)
    found = Followers(rest, _index(structure), xmp)
    found = _without_previews(found)
    return found if orientation == 1 else _turned(found, orientation, _most_pixels(structure))


def _most_pixels(structure: Structure) -> int:
    """Of a picture that is turned: as many as the main one has, as their originals may, or more."""
    header = structure.frame.payload if structure.frame else bytes(5)
    area = int.from_bytes(header[1:3], "big") * int.from_bytes(header[3:5], "big")
    return max(MAX_TILE_AREA_PX, 2 * area)


def index_segment(index: mpf.Index, start: int, at: int) -> bytes:
    """The payload of the MPF segment of a written file.

    Args:
        index: with offsets from the first byte behind the picture.
        start: length of the picture, which is where these bytes begin.
        at: offset of the segment's payload in the file.
    """
    base = at + len(MPF_HEADER)
    main, *others = index.entries
    moved = [replace(entry, offset=entry.offset + start - base) for entry in others]
    return mpf.index_bytes(replace(index, entries=(replace(main, length=start, offset=0), *moved)))


def _index(structure: Structure) -> mpf.Index | None:
    """The directory, if every picture that it lists lies behind the main one."""
    for segment in structure.segments:
        if segment.name == "APP2" and segment.payload.startswith(MPF_HEADER):
            index = mpf.read_index(segment.payload)
            if index is None:
                continue
            shift = segment.at + len(MPF_HEADER) - structure.end
            main, *others = index.entries
            moved = tuple(replace(entry, offset=entry.offset + shift) for entry in others)
            if all(entry.offset >= 0 for entry in moved):
                return replace(index, entries=(main, *moved))
    return None


def _without_previews(found: Followers) -> Followers:
    index = found.index
    if index is None or not any(entry.is_preview for entry in index.entries[1:]):
        return found
    kept, data, gone = [index.entries[0]], bytearray(), 0
    last = 0
    for entry in sorted(index.entries[1:], key=lambda entry: entry.offset):
        if entry.is_preview:
            data += found.data[last : entry.offset]
            last = max(last, entry.offset + entry.length)
            gone += 1
        else:
            moved = entry.offset - (last - len(data))
            kept.append(replace(entry, offset=moved))
    data += found.data[last:]
    notes = ("the previews in the file were left out, as they show the noisy picture",)
    left = replace(index, entries=tuple(kept)) if len(kept) > 1 else None
    return replace(found, data=bytes(data), index=left, notes=notes)


def _turned(found: Followers, orientation: int, max_pixels: int) -> Followers:
    """The pictures among the followers turned as the main picture is."""
    places = _pictures(found)
    data, last, lengths = bytearray(), 0, {}
    starts: dict[int, tuple[int, int]] = {}
    for start, length in places:
        turned = _turn(found.data[start : start + length], orientation, max_pixels)
        if turned is None:
            return replace(
                found,
                data=b"",
                index=None,
                xmp=found.xmp and xmp_packet.without_followers(found.xmp),
                notes=(
                    *found.notes,
                    "what follows the picture could not be turned with it and was left out",
                ),
            )
        data += found.data[last:start]
        starts[start] = len(data), len(turned)
        data += turned
        last = start + length
        lengths[length] = len(turned)
    data += found.data[last:]
    index = found.index
    if index is not None:
        moved = []
        for entry in index.entries[1:]:
            offset, length = starts.get(entry.offset, (entry.offset, entry.length))
            moved.append(replace(entry, offset=offset, length=length))
        index = replace(index, entries=(index.entries[0], *moved))
    xmp = found.xmp and xmp_packet.with_lengths(found.xmp, lengths)
    return replace(found, data=bytes(data), index=index, xmp=xmp)


def _pictures(found: Followers) -> list[tuple[int, int]]:
    """Offset and length of the JPEG pictures: those listed, or those that follow at once."""
    if found.index is not None:
        listed = sorted((entry.offset, entry.length) for entry in found.index.entries[1:])
        places: list[tuple[int, int]] = []
        for start, length in listed:
            if not places or start >= sum(places[-1]):
                places.append((start, length))
        return places
    places, at = [], 0
    while found.data.startswith(b"\xff\xd8\xff", at):
        end = find_segments(found.data, at).end
        places.append((at, end - at))
        check_budget("pictures behind the first one", len(places), MAX_FOLLOWERS)
        at = end
    return places


def _turn(data: bytes, orientation: int, max_pixels: int) -> bytes | None:
    """A JPEG picture turned, with the segments that it had; None if it cannot be read."""
    from PIL import Image
    from PIL.JpegImagePlugin import JpegImageFile

    try:
        segments = find_segments(data).segments
        with JpegImageFile(io.BytesIO(data)) as image:
            check_size(Size(image.height, image.width), max_pixels)
            tables = image.quantization
            turned = image.transpose(Image.Transpose(PILLOW_TURNS[orientation]))
    except (ImageTooLarge, OSError, SyntaxError, ValueError, TypeError, IndexError):
        return None
    file = io.BytesIO()
    turned.info.clear()
    turned.save(file, "JPEG", qtables=tables, subsampling=0)
    encoded = file.getvalue()
    kept = b"".join(
        segment_bytes(segment.name, segment.payload)
        for segment in segments
        if segment.name.startswith("APP") and segment.name not in ("APP0", "APP14")
    )
    head = find_segments(encoded).segments[0]
    behind = head.at + len(head.payload)
    return encoded[:behind] + kept + encoded[behind:]
