"""Which format a file has, by its first bytes."""

from litedenoise_sdk.errors import UnreadableImage, UnsupportedImage
from litedenoise_sdk.imageio.photo import Format

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
}

_FOREIGN = (
    (b"BM", "BMP"),
    (b"8BPS", "Photoshop"),
    (b"%PDF", "PDF"),
    (b"\x00\x00\x00\x0cJXL ", "JPEG XL"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"v/1\x01", "OpenEXR"),
    (b"#?RADIANCE", "Radiance HDR"),
    (b"FUJIFILMCCD-RAW", "Fujifilm raw"),
    (b"IIU\0", "Panasonic raw"),
    (b"IIRO", "Olympus raw"),
    (b"IIRS", "Olympus raw"),
    (b"MMOR", "Olympus raw"),
)
_BRANDS = {b"avif": "AVIF", b"avis": "AVIF", b"crx ": "Canon raw"}


def sniff(head: bytes) -> Format:
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
        raise _foreign("Canon raw")
    if head.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return "TIFF"
    for magic, name in _FOREIGN:
        if head.startswith(magic):
            raise _foreign(name)
    if head[4:8] == b"ftyp":
        raise _foreign(_BRANDS.get(head[8:12], "HEIC"))
    raise UnreadableImage(
        f"the file begins with {head[:8]!r}, which is no picture that is known; "
        "expected JPEG, PNG, WebP or TIFF"
    )


def _foreign(name: str) -> UnsupportedImage:
    error = UnsupportedImage(
        f"{name} files are not read; expected JPEG, PNG, WebP or TIFF. Convert the file first"
    )
    error.format = name
    return error
