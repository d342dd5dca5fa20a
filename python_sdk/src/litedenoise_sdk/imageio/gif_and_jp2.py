"""What GIF and JPEG 2000 files say, of which Pillow reads the pixels alone."""

import struct
from collections.abc import Iterator

from litedenoise_sdk.imageio import exif as exif_block
from litedenoise_sdk.imageio.boxes import boxes
from litedenoise_sdk.imageio.limits import MAX_JP2_TILES, check_budget
from litedenoise_sdk.imageio.photo import Metadata

_UUIDS = {  # as exiftool and Kakadu write them
    b"JpgTiffExif->JP2": "exif",
    bytes.fromhex("be7acfcb97a942e89c71999491e3afac"): "xmp",
    bytes.fromhex("33c7a4d2b81d4723a0baf1a3e097ad38"): "iptc",
}
_GIF_XMP, _GIF_XMP_END = b"\x21\xff\x0bXMP DataXMP", b"\x01\xff\xfe\xfd"
_CODESTREAM = b"\xff\x4f\xff\x51"
_GIF_ICC = b"\x21\xff\x0bICCRGBG1012"


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


def check_tiles(data: bytes) -> None:
    """Refuses JPEG 2000 files of more tiles than photographs have (ISO 15444-1, A.5.1).

    Raises:
        ImageTooLarge: that is so.
    """
    at = data.find(_CODESTREAM) + 8
    if at < 8 or at + 32 > len(data):
        return
    right, bottom, _, _, width, height, left, top = struct.unpack_from(">8I", data, at)
    across, down = (-(-(end - start) // side) for end, start, side in (
        (right, left, max(1, width)), (bottom, top, max(1, height))))  # fmt: skip
    check_budget("tiles", across * down, MAX_JP2_TILES)


def of_gif(data: bytes) -> Metadata:
    """XMP and the ICC profile of a GIF file, in application extensions (GIF89a, section 26)."""
    start = data.find(_GIF_XMP) + len(_GIF_XMP)
    end = data.find(_GIF_XMP_END, start)
    xmp = data[start:end] if start >= len(_GIF_XMP) and end >= 0 else None
    at = data.find(_GIF_ICC)
    icc = b"".join(_blocks(data, at + len(_GIF_ICC))) if at >= 0 else b""
    return Metadata(format="PNG", xmp=xmp, icc=icc or None)


def _blocks(data: bytes, at: int) -> Iterator[bytes]:
    while at < len(data) and data[at]:
        yield data[at + 1 : at + 1 + data[at]]
        at += 1 + data[at]
