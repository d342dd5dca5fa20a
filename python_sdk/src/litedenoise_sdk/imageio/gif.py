"""What GIF files say, of which Pillow reads the pixels alone."""

from collections.abc import Iterator

from litedenoise_sdk.imageio.photo import Metadata

_GIF_XMP, _GIF_XMP_END = b"\x21\xff\x0bXMP DataXMP", b"\x01\xff\xfe\xfd"
_GIF_ICC = b"\x21\xff\x0bICCRGBG1012"


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
