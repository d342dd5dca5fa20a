"""How a JPEG file was compressed: its quantization tables and subsampling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from litedenoise_sdk.imageio.orientation import TRANSPOSED
from litedenoise_sdk.imageio.photo import JpegHints

if TYPE_CHECKING:
    from PIL.JpegImagePlugin import JpegImageFile

DEFAULT_QUALITY = 95
"""For pictures that were not JPEG before."""


def read_hints(image: JpegImageFile, orientation: int) -> JpegHints:
    """How the new file should be compressed, once it is turned upright."""
    from PIL.JpegImagePlugin import get_sampling

    transposed = orientation in TRANSPOSED
    subsampling = get_sampling(image)
    # 4:2:2 halves the columns; turned by a quarter it would be the rows, which Pillow cannot write.
    if subsampling not in (0, 1, 2) or (subsampling == 1 and transposed):
        subsampling = 0
    tables = tuple(
        tuple(_transposed(table) if transposed else table)
        for _, table in sorted(image.quantization.items())
    )
    return JpegHints(tables[:2], subsampling, bool(image.info.get("progressive")))


def _transposed(table: list[int]) -> list[int]:
    return [table[8 * row + column] for column in range(8) for row in range(8)]
