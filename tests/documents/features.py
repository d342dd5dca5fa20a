"""What becomes of each feature of a picture file in each format, tried on files made here."""

import io
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_args

import cv2
import numpy as np
import pillow_heif
import pylibjxl
import tifffile
from PIL import Image, ImageOps, IptcImagePlugin
from PIL.MpoImagePlugin import MpoImageFile
from PIL.PngImagePlugin import PngInfo

from litedenoise_sdk.errors import ImageError
from litedenoise_sdk.imageio import Format, decode
from litedenoise_sdk.imageio.boxes import box, boxes
from litedenoise_sdk.imageio.encode import write
from litedenoise_sdk.imageio.heif.container import read_container
from tests.imageio.heif_and_jxl_files import DEEP_JXL, P3_JXL, deep_avif
from tests.imageio.imageio_files import MAKER_NOTE, SRGB, XMP, chunk, jpeg, noise, smooth
from tests.imageio.test_followers import FILM, MOTION, photo_with, ultra_hdr
from tests.imageio.test_heif import GAIN_MAP, with_gain_map

FORMATS: tuple[Format, ...] = get_args(Format)
PIXELS = smooth(64, 96)
PACKET = XMP.replace(b'tiff:Orientation="6" ', b"")
CAPTION, DATE = b"Sea at night", "2026:01:02 03:04:05"
LINK = b"http://example.org/a"
IPTC = b"\x1c\x02\x78" + struct.pack(">H", len(CAPTION)) + CAPTION
_TURNED: tuple[Format, ...] = ("JPEG", "PNG", "WEBP", "TIFF", "HEIC", "AVIF")
KEPT, CONVERTED, NOTED, LOST, REFUSED = "kept", "converted", "left out, noted", "lost", "refused"


@dataclass(frozen=True, slots=True)
class Feature:
    """Something that a file may hold.

    Attributes:
        name: as in the table.
        sources: by the format, a file that holds it.
        is_there: whether a file of a format holds it, as another library reads it.
        is_converted: whether it holds what says the same in another way.
    """

    name: str
    sources: dict[Format, bytes]
    is_there: Callable[[bytes, Format], bool]
    is_converted: Callable[[bytes, Format], bool] = lambda data, format: False


def fate(feature: Feature, source: Format, target: Format) -> str:
    """What becomes of it where we read and write."""
    try:
        photo = decode(feature.sources[source])
    except ImageError:
        return REFUSED
    file = io.BytesIO()
    notes = (*photo.notes, *write(photo, file, target))
    if feature.is_there(file.getvalue(), target):
        return KEPT
    if feature.is_converted(file.getvalue(), target):
        return CONVERTED
    return NOTED if notes else LOST


def pillows(feature: Feature, source: Format, target: Format) -> str:
    """What becomes of it where Pillow opens and saves, with the plugins for HEIC and JPEG XL."""
    pillow_heif.register_heif_opener()
    pylibjxl.register_pillow()
    file = io.BytesIO()
    names = {"JPEG XL": "JXL", "HEIC": "HEIF"}
    try:
        with Image.open(io.BytesIO(feature.sources[source])) as image:
            image.save(file, names.get(target, target))
    except (OSError, ValueError, KeyError):
        return REFUSED
    if feature.is_there(file.getvalue(), target):
        return KEPT
    return CONVERTED if feature.is_converted(file.getvalue(), target) else LOST


def features() -> list[Feature]:
    """All of them, with their files."""
    return [*_of_pixels(), *_of_texts(), *_of_files()]


def _plain_files() -> dict[Format, bytes]:
    exif = _exif(1)
    return {format: _file(format, exif=exif, xmp=PACKET, icc=SRGB) for format in FORMATS}


def _of_pixels() -> list[Feature]:
    alpha = np.dstack([PIXELS, PIXELS[..., 0]])
    icc = _plain_files()
    return [
        Feature("more than 8 bits", _deep_files(), _is_deep),
        Feature(
            "transparency",
            {format: _file(format, pixels=alpha) for format in FORMATS if format != "JPEG"},
            lambda data, format: _shown(data, format).shape[2] == 4,
        ),
        Feature("ICC profile", icc, lambda data, format: _said(data, format)["icc"] == SRGB),
        Feature("colours in numbers (CICP)", _cicp_files(), _states_colours, _has_p3),
    ]


def _of_texts() -> list[Feature]:
    plain = _plain_files()
    captions = jpeg(PIXELS)
    resources = b"Photoshop 3.0\0" + _resource(0x0404, IPTC) + _resource(0x040B, LINK)
    captions = captions[:2] + _segment(0xED, resources) + captions[2:]
    return [
        Feature("EXIF", plain, lambda data, format: _tags(data, format).get(0x010F) == "Acme"),
        Feature(
            "maker notes",
            plain,
            lambda data, format: _tags(data, format).get_ifd(0x8769).get(0x927C) == MAKER_NOTE,
        ),
        Feature(
            "GPS", plain, lambda data, format: _tags(data, format).get_ifd(0x8825).get(1) == "N"
        ),
        Feature(
            "date of the picture",
            plain,
            lambda data, format: _tags(data, format).get_ifd(0x8769).get(0x9003) == DATE,
        ),
        Feature(
            "XMP", plain, lambda data, format: b"Rating" in (_said(data, format)["xmp"] or b"")
        ),
        Feature(
            "IPTC",
            {"JPEG": captions, "TIFF": _file("TIFF", iptc=IPTC)},
            _has_caption,
            lambda data, format: CAPTION in (_said(data, format)["xmp"] or b""),
        ),
        Feature(
            "Photoshop's resources",
            {"JPEG": captions, "TIFF": _file("TIFF", photoshop=_resource(0x040B, LINK))},
            lambda data, format: LINK in _unpacked(data, format),
        ),
        Feature(
            "PNG's texts",
            {"PNG": _file("PNG", pnginfo=_text())},
            lambda data, format: format == "PNG" and CAPTION in data,
            lambda data, format: CAPTION in (_said(data, format)["xmp"] or b""),
        ),
    ]


def _of_files() -> list[Feature]:
    turned = {format: _file(format, exif=_exif(6)) for format in _TURNED}
    resolution: dict[Format, bytes] = {
        format: _file(format, dpi=(300, 300)) for format in ("JPEG", "PNG", "TIFF")
    }
    return [
        Feature("orientation", turned, _is_upright),
        Feature("resolution", resolution, _is_dense, _is_dense_in_exif),
        Feature(
            "gain map",
            {
                "JPEG": ultra_hdr(),
                "HEIC": with_gain_map(),
                "AVIF": with_gain_map(format="AVIF"),
                "JPEG XL": _jxl_with_gain_map(),
            },
            _has_gain_map,
        ),
        Feature(
            "motion photo",
            {
                "JPEG": photo_with(MOTION, behind=FILM),
                "HEIC": _file("HEIC") + box(b"mpvd", FILM),
                "AVIF": _file("AVIF") + box(b"mpvd", FILM),
            },
            lambda data, _: data.endswith(FILM),
        ),
    ]


def _exif(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Acme", orientation
    below = exif.get_ifd(0x8769)
    below[0x9003], below[0x927C] = DATE, MAKER_NOTE
    exif.get_ifd(0x8825)[1] = "N"
    return exif.tobytes()[6:]


def _file(
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


def _deep_files() -> dict[Format, bytes]:
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


def _cicp_files() -> dict[Format, bytes]:
    png = _file("PNG")
    heif = pillow_heif.from_bytes("RGB", (96, 64), PIXELS.tobytes())
    heic = io.BytesIO()
    heif.save(heic, quality=95, color_primaries=12, transfer_characteristics=13)
    avif = _file("AVIF")
    at = avif.index(b"colrnclx") + 8
    return {
        "PNG": png[:33] + chunk(b"cICP", bytes((12, 13, 0, 1))) + png[33:],
        "HEIC": heic.getvalue(),
        "AVIF": avif[:at] + b"\0\x0c" + avif[at + 2 :],
        "JPEG XL": P3_JXL,
    }


def _segment(marker: int, payload: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(payload) + 2) + payload


def _resource(kind: int, content: bytes) -> bytes:
    padded = content + b"\0" * (len(content) % 2)
    return b"8BIM" + struct.pack(">HxxI", kind, len(content)) + padded


def _text() -> PngInfo:
    info = PngInfo()
    info.add_text("Title", CAPTION.decode())
    return info


def _unpacked(data: bytes, format: Format) -> bytes:
    """The file, and behind it Photoshop's resources that PNG keeps in digits."""
    if format != "PNG":
        return data
    with Image.open(io.BytesIO(data)) as image:
        lines = str(image.info.get("Raw profile type iptc", "")).split("\n")[3:]
    return data + bytes.fromhex("".join(lines))


def _said(data: bytes, format: Format) -> dict[str, Any]:
    """EXIF, ICC profile and XMP of a file, as other libraries read them."""
    if format == "JPEG XL":
        said = pylibjxl.decode(data, metadata=True)[1]
        return {"exif": said.get("exif"), "icc": said.get("icc"), "xmp": said.get("xmp")}
    if format == "HEIC":
        info = pillow_heif.open_heif(io.BytesIO(data)).info
    else:
        with Image.open(io.BytesIO(data)) as image:
            info = dict(image.info)
    return {"exif": info.get("exif"), "icc": info.get("icc_profile"), "xmp": info.get("xmp")}


def _tags(data: bytes, format: Format) -> Image.Exif:
    if format == "TIFF":
        with Image.open(io.BytesIO(data)) as image:
            exif = image.getexif()
            exif.get_ifd(0x8769)
            exif.get_ifd(0x8825)
            return exif
    exif = Image.Exif()
    exif.load(_said(data, format)["exif"] or b"")
    return exif


def _shown(data: bytes, format: Format) -> Any:
    """What a viewer shows, (H, W, C)."""
    if format == "JPEG XL":
        return np.atleast_3d(pylibjxl.decode(data))
    if format == "HEIC":
        return np.asarray(pillow_heif.open_heif(io.BytesIO(data)))
    with Image.open(io.BytesIO(data)) as image:
        return np.atleast_3d(np.asarray(ImageOps.exif_transpose(image)))


def _is_deep(data: bytes, format: Format) -> bool:
    match format:
        case "PNG":
            return data[24] == 16
        case "TIFF":
            return bool(tifffile.imread(io.BytesIO(data)).dtype == np.uint16)
        case "AVIF":
            shown = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
            return bool(shown is not None and shown.dtype == np.uint16)
        case "HEIC":
            image = pillow_heif.open_heif(io.BytesIO(data), convert_hdr_to_8bit=False)
            return int(image.info["bit_depth"]) > 8
        case "JPEG XL":
            return int(pylibjxl.probe(data)["bits_per_sample"]) > 8
        case _:
            return False


def _states_colours(data: bytes, format: Format) -> bool:
    if format == "PNG":
        return chunk(b"cICP", bytes((12, 13, 0, 1))) in data
    return b"colrnclx\0\x0c\0\x0d" in data


def _has_p3(data: bytes, format: Format) -> bool:
    icc = _said(data, format)["icc"]
    return bool(icc) and b"cicp" in icc


def _has_caption(data: bytes, format: Format) -> bool:
    if format == "PNG":
        with Image.open(io.BytesIO(data)) as image:
            text = "".join(str(image.info.get("Raw profile type iptc", "")).split())
        return CAPTION.hex() in text
    if format not in ("JPEG", "TIFF"):
        return False
    with Image.open(io.BytesIO(data)) as image:
        found = IptcImagePlugin.getiptcinfo(image) or {}
    return found.get((2, 120)) == CAPTION


def _is_upright(data: bytes, format: Format) -> bool:
    shown = _shown(data, format)[..., :3].astype(int)
    upright = np.rot90(PIXELS, -1)
    return shown.shape == upright.shape and bool(abs(shown - upright).mean() < 4)


def _is_dense(data: bytes, format: Format) -> bool:
    if format in ("HEIC", "JPEG XL"):
        return False
    with Image.open(io.BytesIO(data)) as image:
        return round(float(image.info.get("dpi", (0, 0))[0])) == 300


def _is_dense_in_exif(data: bytes, format: Format) -> bool:
    return _tags(data, format).get(0x011A) == 300


def _jxl_with_gain_map() -> bytes:
    file = _file("JPEG XL", icc=SRGB)  # in boxes, as it has a profile
    return file + box(b"jhgm", GAIN_MAP)


def _has_gain_map(data: bytes, format: Format) -> bool:
    if format == "JPEG XL":
        return (b"jhgm", GAIN_MAP) in boxes(data)
    if format == "JPEG":
        return _pictures(data) == 2
    if format not in ("HEIC", "AVIF"):
        return False
    items = read_container(data).items.values()
    return any(GAIN_MAP in (item.property_of(b"auxC") or b"") for item in items)


def _pictures(data: bytes) -> int:
    if not data.startswith(b"\xff\xd8"):
        return 1
    try:
        # The plugin itself, as Image.open shows the first picture of these files only.
        with MpoImageFile(io.BytesIO(data)) as image:
            return int(image.n_frames)
    except ValueError:
        return 1
