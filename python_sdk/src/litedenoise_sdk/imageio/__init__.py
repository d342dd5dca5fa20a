"""Pictures in and out; the only package that imports Pillow, and only when it is needed."""

from litedenoise_sdk.imageio.convert import Restore, open_image
from litedenoise_sdk.imageio.decode import check_source, decode
from litedenoise_sdk.imageio.encode import encode, format_of
from litedenoise_sdk.imageio.photo import Format, Metadata, Photo
from litedenoise_sdk.imageio.save import check_target, save

__all__ = [
    "Format",
    "Metadata",
    "Photo",
    "Restore",
    "check_source",
    "check_target",
    "decode",
    "encode",
    "format_of",
    "open_image",
    "save",
]
