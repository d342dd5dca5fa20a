"""Which format a file has, by its first bytes."""

import os

from litedenoise_sdk.errors import UnreadableImage, UnsupportedImage
from litedenoise_sdk.imageio.photo import Format, OnlyRead

HEAD_BYTES = 32

SUFFIXES: dict[str, Format] = {
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".jpe": "JPEG",
    ".jfif": "JPEG",
    ".png": "PNG",
    ".webp": "WEBP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".heic": "HEIC",
    ".heif": "HEIC",
    ".hif": "HEIC",
    ".avif": "AVIF",
    ".jxl": "JPEG XL",
}

RAW_SUFFIXES = frozenset(
    {".arw", ".cr2", ".cr3", ".dng", ".nef", ".nrw", ".orf", ".pef", ".raf", ".rw2", ".srw"}
)
RESULT_SUFFIXES: dict[str, str] = {
    **dict.fromkeys((".bmp", ".gif", ".j2k", ".jp2", ".pgm", ".pnm", ".ppm"), ".png"),
    **dict.fromkeys(sorted(RAW_SUFFIXES), ".tif"),
}
"""For the ending of a file that is only read, the ending of its result."""

_MAGIC: tuple[tuple[bytes, Format | OnlyRead], ...] = (
    (b"\x00\x00\x00\x0cJXL ", "JPEG XL"),
    (b"\xff\x0a", "JPEG XL"),
    (b"FUJIFILMCCD-RAW", "camera raw"),
    (b"IIU\0", "camera raw"),
    (b"IIRO", "camera raw"),
    (b"IIRS", "camera raw"),
    (b"MMOR", "camera raw"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"P2", "PPM"),
    (b"P3", "PPM"),
    (b"P5", "PPM"),
    (b"P6", "PPM"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
)
_FOREIGN = (
    (b"8BPS", "Photoshop"),
    (b"%PDF", "PDF"),
    (b"v/1\x01", "OpenEXR"),
    (b"#?RADIANCE", "Radiance HDR"),
    (b"P1", "Portable bitmap"),
    (b"P4", "Portable bitmap"),
    (b"P7", "Portable arbitrary map"),
    (b"PF", "Portable float map"),
    (b"Pf", "Portable float map"),
)
_BRANDS: dict[bytes, Format | OnlyRead] = {
    **dict.fromkeys((b"avif", b"avis"), "AVIF"),
    b"crx ": "camera raw",
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"), "HEIC"),
}
_FILMS = {b"hevc": "animated HEIC"}


def result_name(name: str) -> str:
    """The name of a picture's result in another folder: the same, or with .png or .tif appended."""
    return name + RESULT_SUFFIXES.get(os.path.splitext(name)[1].lower(), "")


def sniff(head: bytes) -> Format | OnlyRead:
    """The format of a file that begins with ``head`` (its first HEAD_BYTES bytes).

    Raises:
        UnreadableImage: empty, or not a picture that is known.
        UnsupportedImage: a known format that is not read.
    """
    if not head:
        raise UnreadableImage("the file is empty; expected a JPEG, PNG, WebP or TIFF picture")
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "WEBP"
    if head[8:10] == b"CR" and head.startswith((b"II", b"MM")):
        return "camera raw"
    if head.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return "TIFF"
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    for magic, name in _FOREIGN:
        if head.startswith(magic):
            raise _foreign(name)
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in _BRANDS:
            return _BRANDS[brand]
        raise _foreign(_FILMS.get(brand, "video"))
    raise UnreadableImage(
        f"the file begins with {head[:8]!r}, which is not a known picture format; "
        "expected JPEG, PNG, WebP or TIFF"
    )


def _foreign(name: str) -> UnsupportedImage:
    error = UnsupportedImage(
        f"{name} files are not read; expected JPEG, PNG, WebP, TIFF, HEIC, AVIF, "
        "JPEG XL or camera raw. Convert the file first"
    )
    error.format = name
    return error
