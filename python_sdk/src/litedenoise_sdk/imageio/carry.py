"""Which of a photo's metadata a file of another format can take, and which is left behind."""

from dataclasses import replace

from litedenoise_sdk.imageio import xmp as xmp_packet
from litedenoise_sdk.imageio.jpeg.followers import TRAILER
from litedenoise_sdk.imageio.jpeg.segments import EXTENDED_XMP, PHOTOSHOP_HEADER
from litedenoise_sdk.imageio.photo import Format, Metadata

_WITHOUT_CAPTIONS = ("WEBP", "HEIC", "AVIF", "JPEG XL")


def into(metadata: Metadata, format: Format) -> tuple[Metadata, tuple[str, ...]]:
    """The metadata for a file of ``format``, without claims that would be false there, and notes.

    A gain map, a film or a maker's trailer follows only a JPEG picture; segments, chunks and tags
    of one format mean nothing in another.
    """
    if metadata.format in (None, format):
        return metadata, ()
    notes = []
    if metadata.format == "JPEG":
        notes += _jpeg_alone(metadata, format)
    xmp = metadata.xmp
    if xmp:
        xmp = xmp_packet.without_followers(xmp)
        if xmp != metadata.xmp:
            metadata = replace(metadata, xmp=xmp)
            if not any(name == TRAILER for name, _ in metadata.own):
                notes.append(f"the gain map or film was left out, as {format} files carry none")
    if metadata.iptc and format in _WITHOUT_CAPTIONS:
        notes.append(f"{format} holds no IPTC captions and keywords: they were left out")
    return metadata, tuple(notes)


def _jpeg_alone(metadata: Metadata, format: Format) -> list[str]:
    notes = []
    own = [record for record in metadata.own if not _is_iptc(*record)]
    for name, payload in own:
        if name == TRAILER:
            notes.append(
                f"what followed the JPEG picture (gain map, film or trailer, {len(payload)} "
                f"bytes) was left out, as {format} files carry none"
            )
    others = sorted({name for name, payload in own if name != TRAILER and payload})
    if others:
        notes.append(f"segments that only JPEG holds were left out: {', '.join(others)}")
    return notes


def _is_iptc(name: str, payload: bytes) -> bool:
    """Segments whose content is carried in another way, or is only a part of what is."""
    return (
        (name == "APP13" and payload.startswith(PHOTOSHOP_HEADER))
        or (name == "APP1" and payload.startswith(EXTENDED_XMP))
        or (name == "APP2" and payload.startswith(b"MPF\0"))
    )
