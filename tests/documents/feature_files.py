"""Files that hold the features of a picture file, made by other libraries."""

import io
import struct
import zlib
from typing import Any, get_args

import numpy as np
import pillow_heif
import pylibjxl
import tifffile
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from litedenoise_sdk.imageio import Format
from litedenoise_sdk.imageio.boxes import box
from tests.imageio.heif_and_jxl_files import DEEP_JXL, P3_JXL, deep_avif
from tests.imageio.imageio_files import MAKER_NOTE, SRGB, XMP, chunk, jpeg, noise, smooth
from tests.imageio.test_heif import GAIN_MAP

FORMATS: tuple[Format, ...] = get_args(Format)
PIXELS = smooth(64, 96)
PACKET = XMP.replace(b'tiff:Orientation="6" ', b"")
CAPTION, DATE = b"Sea at night", "2026:01:02 03:04:05"


LINK = b"http://example.org/a"
IPTC = b"\x1c\x02\x78" + struct.pack(">H", len(CAPTION)) + CAPTION


def plain_files() -> dict[Format, bytes]:
    exif = exif_of(1)
    return {format: made(format, exif=exif, xmp=PACKET, icc=SRGB) for format in FORMATS}


def exif_of(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Acme", orientation
    below = exif.get_ifd(0x8769)
    below[0x9003], below[0x927C] = DATE, MAKER_NOTE
    exif.get_ifd(0x8825)[1] = "N"
    return exif.tobytes()[6:]


def made(
    format: Format, pixels: Any = PIXELS, exif: bytes = b"", xmp: bytes = b"", **options: Any
) -> bytes:
    """A file that was written by Pillow, pillow-heif, pylibjxl or tifffile."""
    icc, iptc = options.pop("icc", None), options.pop("iptc", None)
    photoshop = options.pop("photoshop", None)
    file = io.BytesIO()
    match format:
        case "HEIC":
            mode = "RGB" if pixels.shape[2] == 3 else "RGBA"
            heif = pillow_heif.from_bytes(mode, pixels.shape[1::-1], pixels.tobytes())
            profile = {"icc_profile": icc} if icc else {}
            heif.save(file, quality=95, exif=exif or None, xmp=xmp or None, **profile)
        case "JPEG XL":
            return pylibjxl.encode(
                pixels, distance=0.5, exif=exif or None, xmp=xmp or None, icc=icc
            )
        case _:
            if format == "TIFF":
                options["exif"] = _with(exif, {700: xmp, 33723: iptc, 34377: photoshop})
            elif exif:
                options["exif"] = b"Exif\0\0" + exif
            if xmp and format not in ("PNG", "TIFF"):
                options["xmp"] = xmp
            if icc:
                options["icc_profile"] = icc
            if format == "PNG" and xmp:
                return _png_with_xmp(pixels, xmp, options)
            Image.fromarray(pixels).save(file, format, **options)
    return file.getvalue()


def _with(block: bytes, tags: dict[int, bytes | None]) -> Image.Exif:
    exif = Image.Exif()
    exif.load(block)
    for tag, value in tags.items():
        if value:
            exif[tag] = value
    return exif


def _png_with_xmp(pixels: Any, xmp: bytes, options: dict[str, Any]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", **options)
    data = file.getvalue()
    text = chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp)
    return data[:33] + text + data[33:]


def deep_files() -> dict[Format, bytes]:
    deep = noise((64, 96, 3), np.uint16)
    file = io.BytesIO()
    tifffile.imwrite(file, deep, photometric="rgb", metadata=None)
    heif = pillow_heif.from_bytes("RGB;16", (96, 64), deep.tobytes())
    heic = io.BytesIO()
    heif.save(heic, quality=95)
    twelve = bytearray(jpeg(PIXELS))
    twelve[twelve.index(b"\xff\xc0") + 4] = 12
    rows = np.concatenate(
        (np.zeros((64, 1), np.uint8), deep.astype(">u2").view(np.uint8).reshape(64, -1)), axis=1
    )
    header = struct.pack(">IIBBBBB", 96, 64, 16, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    png += chunk(b"IDAT", zlib.compress(rows.tobytes())) + chunk(b"IEND", b"")
    return {
        "JPEG": bytes(twelve),
        "PNG": png,
        "TIFF": file.getvalue(),
        "HEIC": heic.getvalue(),
        "AVIF": deep_avif(10),
        "JPEG XL": DEEP_JXL,
    }


def cicp_files() -> dict[Format, bytes]:
    png = made("PNG")
    heif = pillow_heif.from_bytes("RGB", (96, 64), PIXELS.tobytes())
    heic = io.BytesIO()
    heif.save(heic, quality=95, color_primaries=12, transfer_characteristics=13)
    avif = made("AVIF")
    at = avif.index(b"colrnclx") + 8
    return {
        "PNG": png[:33] + chunk(b"cICP", bytes((12, 13, 0, 1))) + png[33:],
        "HEIC": heic.getvalue(),
        "AVIF": avif[:at] + b"\0\x0c" + avif[at + 2 :],
        "JPEG XL": P3_JXL,
    }


def jpeg_segment(marker: int, payload: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(payload) + 2) + payload


def photoshop_resource(kind: int, content: bytes) -> bytes:
    padded = content + b"\0" * (len(content) % 2)
    return b"8BIM" + struct.pack(">HxxI", kind, len(content)) + padded


def png_title() -> PngInfo:
    info = PngInfo()
    info.add_text("Title", CAPTION.decode())
    return info


def jxl_with_gain_map() -> bytes:
    file = made("JPEG XL", icc=SRGB)  # in boxes, as it has a profile
    return file + box(b"jhgm", GAIN_MAP)
