"""Whether a file has a feature, as other libraries read it."""

import io
from typing import Any

import cv2
import numpy as np
import pillow_heif
import pylibjxl
import tifffile
from PIL import Image, ImageOps, IptcImagePlugin
from PIL.MpoImagePlugin import MpoImageFile

from litedenoise_sdk.imageio import Format
from litedenoise_sdk.imageio.boxes import boxes
from litedenoise_sdk.imageio.heif.container import read_container
from tests.documents.feature_files import CAPTION, PIXELS
from tests.imageio.imageio_files import chunk
from tests.imageio.test_heif import GAIN_MAP


def unpacked(data: bytes, format: Format) -> bytes:
    """The file, and behind it Photoshop's resources that PNG keeps in digits."""
    if format != "PNG":
        return data
    with Image.open(io.BytesIO(data)) as image:
        lines = str(image.info.get("Raw profile type iptc", "")).split("\n")[3:]
    return data + bytes.fromhex("".join(lines))


def metadata_of(data: bytes, format: Format) -> dict[str, Any]:
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


def exif_tags(data: bytes, format: Format) -> Image.Exif:
    if format == "TIFF":
        with Image.open(io.BytesIO(data)) as image:
            exif = image.getexif()
            exif.get_ifd(0x8769)
            exif.get_ifd(0x8825)
            return exif
    exif = Image.Exif()
    exif.load(metadata_of(data, format)["exif"] or b"")
    return exif


def shown(data: bytes, format: Format) -> Any:
    """What a viewer shows, (H, W, C)."""
    if format == "JPEG XL":
        return np.atleast_3d(pylibjxl.decode(data))
    if format == "HEIC":
        return np.asarray(pillow_heif.open_heif(io.BytesIO(data)))
    with Image.open(io.BytesIO(data)) as image:
        return np.atleast_3d(np.asarray(ImageOps.exif_transpose(image)))


def is_deep(data: bytes, format: Format) -> bool:
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


def states_colours(data: bytes, format: Format) -> bool:
    if format == "PNG":
        return chunk(b"cICP", bytes((12, 13, 0, 1))) in data
    return b"colrnclx\0\x0c\0\x0d" in data


def has_p3(data: bytes, format: Format) -> bool:
    icc = metadata_of(data, format)["icc"]
    return bool(icc) and b"cicp" in icc


def has_caption(data: bytes, format: Format) -> bool:
    if format == "PNG":
        with Image.open(io.BytesIO(data)) as image:
            text = "".join(str(image.info.get("Raw profile type iptc", "")).split())
        return CAPTION.hex() in text
    if format not in ("JPEG", "TIFF"):
        return False
    with Image.open(io.BytesIO(data)) as image:
        found = IptcImagePlugin.getiptcinfo(image) or {}
    return found.get((2, 120)) == CAPTION


def is_upright(data: bytes, format: Format) -> bool:
    seen = shown(data, format)[..., :3].astype(int)
    upright = np.rot90(PIXELS, -1)
    return seen.shape == upright.shape and bool(abs(seen - upright).mean() < 4)


def is_dense(data: bytes, format: Format) -> bool:
    if format in ("HEIC", "JPEG XL"):
        return False
    with Image.open(io.BytesIO(data)) as image:
        return round(float(image.info.get("dpi", (0, 0))[0])) == 300


def is_dense_in_exif(data: bytes, format: Format) -> bool:
    return exif_tags(data, format).get(0x011A) == 300


def has_gain_map(data: bytes, format: Format) -> bool:
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
