"""What becomes of each feature of a picture file in each format, tried on files made here."""

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pillow_heif
import pylibjxl
from PIL import Image

from litedenoise_sdk.errors import ImageError
from litedenoise_sdk.imageio import Format, decode
from litedenoise_sdk.imageio.boxes import box
from litedenoise_sdk.imageio.encode import write
from tests.documents.feature_files import (
    CAPTION,
    DATE,
    FORMATS,
    IPTC,
    LINK,
    PIXELS,
    cicp_files,
    deep_files,
    exif_of,
    jpeg_segment,
    jxl_with_gain_map,
    made,
    photoshop_resource,
    plain_files,
    png_title,
)
from tests.documents.feature_seen import (
    exif_tags,
    has_caption,
    has_gain_map,
    has_p3,
    is_deep,
    is_dense,
    is_dense_in_exif,
    is_upright,
    metadata_of,
    shown,
    states_colours,
    unpacked,
)
from tests.imageio.imageio_files import MAKER_NOTE, SRGB, jpeg
from tests.imageio.test_followers import FILM, MOTION, photo_with, ultra_hdr
from tests.imageio.test_heif import with_gain_map

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


def _of_pixels() -> list[Feature]:
    alpha = np.dstack([PIXELS, PIXELS[..., 0]])
    icc = plain_files()
    return [
        Feature("more than 8 bits", deep_files(), is_deep),
        Feature(
            "transparency",
            {format: made(format, pixels=alpha) for format in FORMATS if format != "JPEG"},
            lambda data, format: shown(data, format).shape[2] == 4,
        ),
        Feature("ICC profile", icc, lambda data, format: metadata_of(data, format)["icc"] == SRGB),
        Feature("colours in numbers (CICP)", cicp_files(), states_colours, has_p3),
    ]


def _of_texts() -> list[Feature]:
    plain = plain_files()
    captions = jpeg(PIXELS)
    resources = b"Photoshop 3.0\0" + photoshop_resource(0x0404, IPTC)
    resources += photoshop_resource(0x040B, LINK)
    captions = captions[:2] + jpeg_segment(0xED, resources) + captions[2:]
    return [
        Feature("EXIF", plain, lambda data, format: exif_tags(data, format).get(0x010F) == "Acme"),
        Feature(
            "maker notes",
            plain,
            lambda data, format: exif_tags(data, format).get_ifd(0x8769).get(0x927C) == MAKER_NOTE,
        ),
        Feature(
            "GPS", plain, lambda data, format: exif_tags(data, format).get_ifd(0x8825).get(1) == "N"
        ),
        Feature(
            "date of the picture",
            plain,
            lambda data, format: exif_tags(data, format).get_ifd(0x8769).get(0x9003) == DATE,
        ),
        Feature(
            "XMP",
            plain,
            lambda data, format: b"Rating" in (metadata_of(data, format)["xmp"] or b""),
        ),
        Feature(
            "IPTC",
            {"JPEG": captions, "TIFF": made("TIFF", iptc=IPTC)},
            has_caption,
            lambda data, format: CAPTION in (metadata_of(data, format)["xmp"] or b""),
        ),
        Feature(
            "Photoshop's resources",
            {"JPEG": captions, "TIFF": made("TIFF", photoshop=photoshop_resource(0x040B, LINK))},
            lambda data, format: LINK in unpacked(data, format),
        ),
        Feature(
            "PNG's texts",
            {"PNG": made("PNG", pnginfo=png_title())},
            lambda data, format: format == "PNG" and CAPTION in data,
            lambda data, format: CAPTION in (metadata_of(data, format)["xmp"] or b""),
        ),
    ]


def _of_files() -> list[Feature]:
    turned = {format: made(format, exif=exif_of(6)) for format in _TURNED}
    resolution: dict[Format, bytes] = {
        format: made(format, dpi=(300, 300)) for format in ("JPEG", "PNG", "TIFF")
    }
    return [
        Feature("orientation", turned, is_upright),
        Feature("resolution", resolution, is_dense, is_dense_in_exif),
        Feature(
            "gain map",
            {
                "JPEG": ultra_hdr(),
                "HEIC": with_gain_map(),
                "AVIF": with_gain_map(format="AVIF"),
                "JPEG XL": jxl_with_gain_map(),
            },
            has_gain_map,
        ),
        Feature(
            "motion photo",
            {
                "JPEG": photo_with(MOTION, behind=FILM),
                "HEIC": made("HEIC") + box(b"mpvd", FILM),
                "AVIF": made("AVIF") + box(b"mpvd", FILM),
            },
            lambda data, _: data.endswith(FILM),
        ),
    ]
