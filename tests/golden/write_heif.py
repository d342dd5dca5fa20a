"""Writes heif.json: HEIC and AVIF files of libheif and libavif, and what is to be read of them.

    python -m tests.golden.write_heif

``orientation`` is what EXIF calls the way in which the stored pixels become upright; ``exif`` the
block in it.
"""

import base64
import io
import json
from pathlib import Path

import numpy as np
import pillow_heif
from PIL import Image

from tests.imageio.imageio_files import exif_block, smooth

GOLDEN = Path(__file__).with_name("heif.json")
pillow_heif.register_heif_opener()


def avif(orientation: int) -> bytes:
    file = io.BytesIO()
    exif = exif_block(orientation)
    Image.fromarray(smooth(16, 24)).save(file, "AVIF", exif=exif, quality=50)
    return file.getvalue()


def deep_heic() -> bytes:
    samples = smooth(16, 24).astype(np.uint16) << 8
    heif = pillow_heif.from_bytes("RGB;16", (24, 16), samples.tobytes())
    file = io.BytesIO()
    heif.save(file, quality=50, save_as_brand="heic")
    return file.getvalue()


def case(source: bytes, bits: int, orientation: int) -> dict[str, object]:
    exif = Image.open(io.BytesIO(source)).info.get("exif")
    return {
        "source": base64.b64encode(source).decode(),
        "bits": bits,
        "orientation": orientation,
        "exif": exif and base64.b64encode(exif.removeprefix(b"Exif\0\0")).decode(),
    }


if __name__ == "__main__":
    cases = {f"avif of orientation {value}": case(avif(value), 8, value) for value in range(1, 9)}
    cases["heic of 10 bits"] = case(deep_heic(), 10, 1)
    GOLDEN.write_text(json.dumps(cases, indent=1) + "\n", encoding="utf-8")
