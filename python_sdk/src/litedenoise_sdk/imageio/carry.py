"""Which of a photo's metadata a file of another format can take, and which is left behind."""

from dataclasses import replace

from litedenoise_sdk.imageio import captions, photoshop
from litedenoise_sdk.imageio import xmp as xmp_packet
from litedenoise_sdk.imageio.jpeg import extended_xmp
from litedenoise_sdk.imageio.jpeg.followers import TRAILER
from litedenoise_sdk.imageio.jpeg.segments import EXTENDED_XMP, MPF_HEADER
from litedenoise_sdk.imageio.photo import Format, Metadata
from litedenoise_sdk.imageio.png import texts

_WITHOUT_CAPTIONS = ("WEBP", "HEIC", "AVIF", "JPEG XL")
_COLOURS = frozenset({"gAMA", "cHRM", "sRGB", "cICP"})
"""PNG chunks that become an ICC profile."""


def into(metadata: Metadata, format: Format) -> tuple[Metadata, tuple[str, ...]]:
    """The metadata for a file of ``format``, without claims that would be false there, and notes.

    A gain map, a film or a maker's trailer follows only a JPEG picture; segments, chunks and tags
    of one format mean nothing in another.
    """
    if metadata.format in (None, format):
        return metadata, ()
    notes = []
    match metadata.format:
        case "JPEG":
            metadata, alone = _without_extension(metadata)
            notes += alone + _jpeg_alone(metadata, format)
        case "PNG":
            metadata, alone = _without_texts(metadata)
            notes += alone
        case "HEIC" | "AVIF" if metadata.attached:
            notes.append(
                f"what hung at the {metadata.format} picture (gain map, depth map or film) was "
                f"left out, as {format} files carry none"
            )
        case "WEBP" | "JPEG XL" if metadata.own:
            names = ", ".join(sorted({name for name, _ in metadata.own}))
            notes.append(f"parts that only {metadata.format} holds were left out: {names}")
    xmp = metadata.xmp
    if xmp:
        xmp = xmp_packet.without_followers(xmp)
        if xmp != metadata.xmp:
            metadata = replace(metadata, xmp=xmp)
            if not metadata.attached and not any(name == TRAILER for name, _ in metadata.own):
                notes.append(f"the gain map or film was left out, as {format} files carry none")
    if format in _WITHOUT_CAPTIONS:
        if metadata.iptc:
            xmp, said = captions.as_xmp(metadata.iptc, metadata.xmp)
            metadata = replace(metadata, xmp=xmp)
            notes += said
        if metadata.photoshop:
            notes.append(f"{format} holds no resources of Photoshop: they were left out")
    return metadata, tuple(notes)


def _without_extension(metadata: Metadata) -> tuple[Metadata, list[str]]:
    """The metadata with all of its XMP in one packet."""
    if metadata.xmp is None:
        return metadata, []
    xmp, is_whole = extended_xmp.whole(
        metadata.xmp, (payload for name, payload in metadata.own if name == "APP1")
    )
    notes = [] if is_whole else ["the XMP that was stored apart could not be read: it was left out"]
    return replace(metadata, xmp=xmp), notes


def _jpeg_alone(metadata: Metadata, format: Format) -> list[str]:
    notes = []
    own = [record for record in metadata.own if not _goes_another_way(*record)]
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


def _without_texts(metadata: Metadata) -> tuple[Metadata, list[str]]:
    """The metadata of a PNG file with its texts in XMP, as far as that has a place for them."""
    xmp, kept, left = texts.as_xmp(metadata.own, metadata.xmp)
    notes = []
    if kept:
        notes.append(f"texts of PNG were written as XMP: {', '.join(kept)}")
    if left:
        notes.append(f"texts that only PNG holds were left out: {', '.join(left)}")
    others = {name for name, _ in metadata.own} - _COLOURS - texts.KINDS
    if others:
        notes.append(f"chunks that only PNG holds were left out: {', '.join(sorted(others))}")
    return replace(metadata, xmp=xmp), notes


def _goes_another_way(name: str, payload: bytes) -> bool:
    """Segments whose content is carried in another way, or is only a part of what is."""
    return (
        photoshop.is_segment(name, payload)
        or (name == "APP1" and payload.startswith(EXTENDED_XMP))
        or (name == "APP2" and payload.startswith(MPF_HEADER))
    )
