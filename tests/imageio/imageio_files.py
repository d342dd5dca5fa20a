"""Small picture files, written by others than the code under test."""

import io
import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

MAKER_NOTE = b"MAKER\0\1\2" + bytes(range(200))
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description tiff:Orientation="6" '
    b'xmp:Rating="4"/></rdf:RDF></x:xmpmeta>'
)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def noise(shape: tuple[int, ...], dtype: type = np.uint8, seed: int = 0) -> NDArray[Any]:
    generator = np.random.default_rng(seed)
    if dtype is np.float32:
        return generator.random(shape, dtype=np.float32)
    return generator.integers(0, np.iinfo(dtype).max + 1, shape).astype(dtype)


def smooth(height: int, width: int) -> NDArray[np.uint8]:
    """(H, W, 3) that survives JPEG almost unchanged and has no symmetry."""
    y, x = np.mgrid[0:height, 0:width]
    planes = (220 * x / max(1, width - 1), 220 * y / max(1, height - 1), 60 + x + y)
    return np.stack(planes, axis=-1).clip(0, 255).astype(np.uint8)


def exif_block(
    orientation: int | None = 1,
    *,
    order: str = "<",
    software: str | None = None,
    kind: int = 3,
    size: tuple[int, int] = (0, 0),
    thumbnail: bool = False,
) -> bytes:
    """A camera's EXIF block: maker, orientation, a maker note, a thumbnail."""

    def entry(tag: int, kind: int, count: int, value: bytes) -> bytes:
        return struct.pack(order + "HHI", tag, kind, count) + value.ljust(4, b"\0")

    def number(tag: int, kind: int, value: int) -> bytes:
        code = {1: "B", 3: "H", 4: "I"}[kind]
        return entry(tag, kind, 1, struct.pack(order + code, value))

    def long(value: int) -> bytes:
        return struct.pack(order + "I", value)

    count = 2 + (orientation is not None) + (software is not None)
    values_at = 8 + 2 + 12 * count + 4
    values = b"Acme Photo\0\0"
    first = [entry(0x010F, 2, 11, long(values_at))]
    if orientation is not None:
        first.append(number(0x0112, kind, orientation))
    if software is not None:
        text = software.encode() + b"\0"
        first.append(entry(0x0131, 2, len(text), long(values_at + len(values))))
        values += text + b"\0" * (len(text) % 2)
    photo_at = values_at + len(values)
    first.append(entry(0x8769, 4, 1, long(photo_at)))
    note_at = photo_at + 2 + 12 * 3 + 4
    photo = (
        struct.pack(order + "H", 3)
        + entry(0x927C, 7, len(MAKER_NOTE), long(note_at))
        + number(0xA002, 4, size[0])
        + number(0xA003, 4, size[1])
        + long(0)
        + MAKER_NOTE
    )
    thumbnail_at = photo_at + len(photo)
    tail = b""
    if thumbnail:
        tail = (
            struct.pack(order + "H", 2)
            + entry(0x0201, 4, 1, long(thumbnail_at + 30))
            + entry(0x0202, 4, 1, long(4))
            + long(0)
            + b"\xff\xd8\xff\xd9"
        )
    mark = b"II*\0" if order == "<" else b"MM\0*"
    head = mark + long(8) + struct.pack(order + "H", count) + b"".join(first)
    head += long(thumbnail_at if thumbnail else 0)
    return head + values + photo + tail


def jpeg(image: NDArray[Any] | Image.Image, **options: Any) -> bytes:
    return _saved(image, "JPEG", {"quality": 95, "subsampling": 0, **options})


def webp(image: NDArray[Any], **options: Any) -> bytes:
    return _saved(image, "WEBP", {"lossless": True, "exact": True, **options})


def pillow_png(image: NDArray[Any] | Image.Image, **options: Any) -> bytes:
    return _saved(image, "PNG", options)


def tiff(image: NDArray[Any] | Image.Image, **options: Any) -> bytes:
    return _saved(image, "TIFF", options)


def _saved(image: NDArray[Any] | Image.Image, format: str, options: dict[str, Any]) -> bytes:
    file = io.BytesIO()
    if not isinstance(image, Image.Image):
        image = Image.fromarray(image)
    image.save(file, format, **options)
    return file.getvalue()


def chunk(kind: bytes, payload: bytes) -> bytes:
    checksum = zlib.crc32(payload, zlib.crc32(kind))
    return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", checksum)


def png(
    samples: NDArray[Any],
    colour_type: int,
    depth: int,
    extra: bytes = b"",
    size: tuple[int, int] | None = None,
) -> bytes:
    """A PNG by the book, unfiltered.

    Args:
        samples: (H, bytes per row) uint8 of packed samples, or (H, W, C) uint16.
        extra: chunks between the header and the data.
        size: width and height to state; by default those of ``samples``.
    """
    if samples.dtype == np.uint16:
        height, width = samples.shape[:2]
        rows = samples.astype(">u2").view(np.uint8).reshape(height, -1)
    else:
        height, width = samples.shape[0], samples.shape[1] * 8 // depth
        rows = samples
    data = np.concatenate((np.zeros((height, 1), np.uint8), rows), axis=1).tobytes()
    width, height = size or (width, height)
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + extra
        + chunk(b"IDAT", zlib.compress(data))
        + chunk(b"IEND", b"")
    )


def png_chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    chunks = []
    at = 8
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        chunks.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        at += 12 + length
    return chunks


def denoised(pixels: Any) -> Any:
    """Stands for the network: an array of its own, other in every value."""
    top = 1 if pixels.dtype == np.float32 else np.iinfo(pixels.dtype).max
    return (top - pixels).astype(pixels.dtype)
