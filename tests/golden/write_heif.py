"""Writes heif.json: HEIC and AVIF files of libheif and libavif, and what is to be read of them.

    python -m tests.golden.write_heif

``orientation`` is what EXIF calls the way in which the stored pixels become upright; ``exif`` the
block in it; ``xmp`` what stays of a packet where no gain map and no film goes along.
"""

import base64
import io
import json
from pathlib import Path

import numpy as np
import pillow_heif
from PIL import Image

from litedenoise_sdk.imageio.xmp import without_followers
from tests.imageio.imageio_files import exif_block, smooth

GOLDEN = Path(__file__).with_name("heif.json")
PACKET = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description tiff:Orientation="1"
xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0"
xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" GCamera:MotionPhoto="1" GCamera:Other='kept'
xmlns:Container="http://ns.google.com/photos/1.0/container/"
dc:title="A tram at n\u00efght"><Container:Directory><rdf:Seq/></Container:Directory>
</rdf:Description></rdf:RDF></x:xmpmeta>""".encode()
pillow_heif.register_heif_opener()


def avif(orientation: int) -> bytes:
    file = io.BytesIO()
    exif = exif_block(orientation)
    Image.fromarray(smooth(16, 24)).save(file, "AVIF", exif=exif, quality=50)
    return file.getvalue()


def avif_with_xmp() -> bytes:
    file = io.BytesIO()
    Image.fromarray(smooth(16, 24)).save(file, "AVIF", exif=exif_block(1), xmp=PACKET, quality=50)
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
    with_xmp = case(avif_with_xmp(), 8, 1)
    kept = base64.b64encode(without_followers(PACKET)).decode()
    cases["avif with XMP"] = {**with_xmp, "xmp": kept}
    cases["heic of 10 bits"] = case(deep_heic(), 10, 1)
    GOLDEN.write_text(json.dumps(cases, indent=1) + "\n", encoding="utf-8")
