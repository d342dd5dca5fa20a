"""Pixels to AVIF, in 8 bits, through Pillow (libavif)."""

from __future__ import annotations

import io
import secrets
from typing import BinaryIO

from litedenoise_sdk.imageio.limits import check_sides
from litedenoise_sdk.imageio.photo import Photo
from litedenoise_sdk.imageio.pillow import to_pillow

MAX_SIDE = 65_535
QUALITY = 90
_NO_TAGS = b"II*\0\x08\0\0\0" + bytes(6)
_MARK_BYTES = 12


def write_avif(photo: Photo, file: BinaryIO) -> tuple[str, ...]:
    """Encode as AVIF at quality 90, 4:4:4.

    Returns:
        Notes on what AVIF cannot hold.

    Raises:
        OutputError: a side longer than 65,535 pixels.
    """
    check_sides(photo.size, MAX_SIDE, "AVIF")
    metadata = photo.metadata
    image = to_pillow(photo, "RGBA" if photo.alpha is not None else "L" if photo.grey else "RGB")
    encoded = io.BytesIO()
    placeholder = _placeholder(metadata.exif)
    image.save(
        encoded,
        "AVIF",
        quality=QUALITY,
        subsampling="4:0:0" if image.mode == "L" else "4:4:4",
        exif=placeholder,
        icc_profile=metadata.icc or b"",
        xmp=metadata.xmp or b"",
    )
    del image
    data = encoded.getvalue()
    if placeholder:
        assert metadata.exif is not None
        data = data.replace(placeholder, metadata.exif, 1)
    file.write(data)
    return ()


def _placeholder(exif: bytes | None) -> bytes:
    """As long as the EXIF block: Pillow writes blocks with an orientation anew, others as is."""
    if exif is None or len(exif) < len(_NO_TAGS) + _MARK_BYTES:  # there is no tag in it
        return b""
    return _NO_TAGS + secrets.token_bytes(len(exif) - len(_NO_TAGS))
