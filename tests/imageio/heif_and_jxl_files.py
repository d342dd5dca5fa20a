"""Files of AVIF and JPEG XL that Pillow does not write, and photos to be written."""

from typing import Any

import cv2
import numpy as np

from litedenoise_sdk.imageio import Metadata, Photo
from litedenoise_sdk.imageio.colour import from_cicp
from tests.imageio.imageio_files import exif_block, smooth

DISPLAY_P3 = from_cicp(bytes((12, 13, 0, 1)))
assert DISPLAY_P3 is not None
CLOSE = 6
"""Of 255: what quality 90 changes in a smooth picture."""

DEEP_JXL = bytes.fromhex(
    "0000000c4a584c200d0a870a00000014667479706a786c20000000006a786c20000000096a786c6c0a000000"
    "c16a786c63ff0a41f00350b40808040100ac024b3840b94da7ec0e0ebe3f24241414949c6064640c962bc660"
    "aa627028c6d8a81863636c6c0c12ce8a883158032d28c6e0c6c660e90b0410e0021000c0bf2c140a8542a150"
    "28140a8542a15028140a8542a15028140a8542a15028140a8542a15028140a8542a15028140a8542a1502814"
    "0a8542a1d07a782074aff50ad16324a28888888888888888888888888888888888888888888888888888e8e3"
    "deb24e0268234d6051b042006c00"
)
"""Written by libjxl without loss: 8x8 pixels of 16 bits, each value 300 above the one before."""
ANIMATED_JXL = bytes.fromhex(
    "ff0a41040158505c120808a002000064004b188b15c249c2e505240018f29f94d5010000000000000000"
    "0808a042000068004b188b15c209635cf0fb02120084ca0f34170000000000000000"
)
"""By cjxl: 8x8 pixels of (200, 40, 10), then of (10, 40, 200)."""
P3_JXL = bytes.fromhex(
    "ff0a41404226370200130800c800773fc8010050a132cab8c1cbb99e2f3f74584cdbb8ced056db16963036db"
    "0b83848433d8b878e19b233fe2ae8120292a4900"
)
"""By libjxl: 8x8 pixels of (200, 40, 10) in Display P3, which it states in numbers."""


def photo_of(pixels: Any, **values: Any) -> Photo:
    return Photo(pixels, metadata=Metadata(format="JPEG", **values))


def deep_avif(depth: int, channels: str = "RGB", **options: Any) -> bytes:
    """Written by OpenCV: a smooth picture in all of its values."""
    pixels = smooth(64, 80).astype(np.uint32) * ((1 << depth) - 1) // 255
    samples = np.dstack([pixels[..., ::-1], pixels[..., 1]]).astype(np.uint16)
    samples = {"L": samples[..., 0], "RGB": samples[..., :3], "RGBA": samples}[channels]
    exif = np.frombuffer(options.get("exif", exif_block(1, software="Acme")), np.uint8)
    settings = [cv2.IMWRITE_AVIF_DEPTH, depth, cv2.IMWRITE_AVIF_QUALITY, 98]
    kinds = [cv2.IMAGE_METADATA_EXIF]
    return bytes(cv2.imencodeWithMetadata(".avif", samples, kinds, [exif], settings)[1])
