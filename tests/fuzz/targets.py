"""What is fuzzed: each target takes any bytes, and raises nothing but the library's own errors."""

import contextlib
import io
import json
import struct
import tempfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from PIL import Image, TiffImagePlugin

from litedenoise_sdk.batch.manifest import Manifest, Record
from litedenoise_sdk.errors import LiteDenoiseError
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio import decode, photoshop
from litedenoise_sdk.imageio.captions import as_xmp
from litedenoise_sdk.imageio.encode import write
from litedenoise_sdk.imageio.heif.attached import attach, read_beside
from litedenoise_sdk.model.describe import describe
from litedenoise_sdk.model.flatbuffer import read_graph
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.model.retile import retile
from litedenoise_sdk.model.sidecar import Sidecar
from litedenoise_sdk.tools.lint import lint
from tests.imageio.heif_and_jxl_files import ANIMATED_JXL, DEEP_JXL, P3_JXL
from tests.imageio.test_heif import with_gain_map
from tests.model.networks import small_network

CORPUS = Path(__file__).with_name("corpus")
"""For each target, a few of the inputs with which fuzzing reached most."""

_MOST_PIXELS = 1_000_000


@dataclass(frozen=True, slots=True)
class Target:
    """Something that reads bytes.

    Attributes:
        read: raises LiteDenoiseError for what it cannot use, and nothing else.
        corpus: makes what the fuzzer begins with.
    """

    read: Callable[[bytes], object]
    corpus: Callable[[], list[bytes]]


def _picture(data: bytes) -> None:
    """In at the front door, and out again as each format."""
    photo = decode(data, max_pixels=_MOST_PIXELS)
    for format in ("JPEG", "PNG", "WEBP", "TIFF"):
        try:
            write(photo, io.BytesIO(), format)
        except LiteDenoiseError:
            continue


def _exif(data: bytes) -> None:
    """An EXIF block in a sound PNG, whose other chunks stay as they are."""
    sound = _saved("PNG")[0]
    chunk = b"eXIf" + data
    end = sound.index(b"IDAT") - 4
    framed = struct.pack(">I", len(data)) + chunk + struct.pack(">I", zlib.crc32(chunk))
    _picture(sound[:end] + framed + sound[end:])


def _png(data: bytes) -> None:
    """Chunks whose checksums are made right, so that what they hold is looked at."""
    _picture(data[:8] + _rechecked(data[8:]))


def _photoshop(data: bytes) -> None:
    """Photoshop's resources, taken apart."""
    photoshop.captions(data)
    photoshop.others(data)
    photoshop.without_previews(data)


def _captions(data: bytes) -> None:
    """IPTC records, of which sound XML has to come."""
    packet, _ = as_xmp(data, None)
    if packet is not None:
        ElementTree.fromstring(packet)


def _first_picture(data: bytes) -> None:
    """In, by what a format's own library reads, and out again."""
    write(decode(data, max_pixels=_MOST_PIXELS, first_frame=True), io.BytesIO(), "PNG")


def _heif(data: bytes) -> None:
    """What hangs at a picture, read from any file and put into a sound one."""
    attached = read_beside(data, None).attached
    if attached is not None:
        with contextlib.suppress(ValueError):
            attach(_saved("AVIF")[0], attached)


def _rechecked(data: bytes) -> bytes:
    whole, place = b"", 0
    while place + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, place)
        body = data[place + 4 : place + 8 + length]
        whole += data[place : place + 4] + body + struct.pack(">I", zlib.crc32(body))
        place += 12 + length
    return whole + data[place:]


def _model(data: bytes) -> None:
    for read in (lint, read_graph, lambda content: retile(content, Size(64, 64))):
        try:
            read(data)
        except LiteDenoiseError:
            continue
    describe(data, name="x", network="x", licence="x", training={})


def _sidecar(data: bytes) -> None:
    Sidecar.from_json(data.decode("utf-8", "replace")).to_json()


def _manifest(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "out.batch.jsonl")
        path.write_bytes(data)
        with Manifest(path) as manifest:
            manifest.start("photo.jpg", "0" * 16)


def _saved(*formats: str) -> list[bytes]:
    values = np.random.default_rng(1).integers(0, 255, (9, 11, 3), np.uint8)
    files = []
    for format in formats:
        file = io.BytesIO()
        exif = Image.Exif()
        exif[0x0112] = 6
        Image.fromarray(values).save(file, format, exif=exif)
        files.append(file.getvalue())
    return files


def _tiffs() -> list[bytes]:
    values = np.random.default_rng(2).integers(0, 255, (9, 11, 3), np.uint8)
    files = []
    for compression in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"):
        file = io.BytesIO()
        tags = TiffImagePlugin.ImageFileDirectory_v2()
        tags[270] = "a caption"
        Image.fromarray(values).save(file, "TIFF", compression=compression, tiffinfo=tags)
        files.append(file.getvalue())
    return files


def _exif_blocks() -> list[bytes]:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "a camera"
    exif.get_ifd(0x8769)[0x829A] = 0.5
    exif.get_ifd(0x8825)[1] = "N"
    return [exif.tobytes()[6:]]


def _captioned() -> list[bytes]:
    values = {5: b"A pond", 25: b"water", 55: b"20260102", 60: b"030405+0100", 12: b"IPTC:15:x"}
    records = b"\x1c\x01\x5a\0\x03\x1b%G" + b"".join(
        struct.pack(">BBBH", 0x1C, 2, kind, len(value)) + value for kind, value in values.items()
    )
    return [records, records[8:]]


def _resources() -> list[bytes]:
    records = b"\x1c\x02\x78\0\x06A pond"
    return [b"8BIM\x04\x04\0\0" + struct.pack(">I", len(records)) + records + b"\0"]


def _records() -> list[bytes]:
    done = Record(name="a.jpg", status="done", recipe="0" * 16, target_sha256="1" * 64)
    fields = {name: getattr(done, name) for name in Record.__slots__}
    return [json.dumps(fields).encode() + b"\n", b'{"name": "a.jpg", "sta']


TARGETS: Mapping[str, Target] = {
    "picture": Target(_picture, lambda: _saved("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "PPM")),
    "exif": Target(_exif, _exif_blocks),
    "png": Target(_png, lambda: _saved("PNG")),
    "heif": Target(_heif, lambda: [with_gain_map(1), with_gain_map(format="AVIF")]),
    "avif": Target(_first_picture, lambda: _saved("AVIF")),
    "jp2": Target(_first_picture, lambda: _saved("JPEG2000")),
    "captions": Target(_captions, _captioned),
    "jxl": Target(_first_picture, lambda: [DEEP_JXL, ANIMATED_JXL, P3_JXL]),
    "photoshop": Target(_photoshop, _resources),
    "tiff": Target(_picture, _tiffs),
    "sidecar": Target(_sidecar, lambda: [load_released("int8").sidecar.to_json().encode()]),
    "model": Target(_model, lambda: [small_network()]),
    "manifest": Target(_manifest, _records),
}
