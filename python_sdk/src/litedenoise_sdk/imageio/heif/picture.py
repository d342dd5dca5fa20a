"""How the picture of a HEIC or AVIF file is compressed."""

import struct

from litedenoise_sdk.imageio.heif.container import Container, read_container
from litedenoise_sdk.imageio.photo import LossyHints

QUALITIES = (90, 85, 80, 75, 70, 65, 60, 55, 50, 45, 40)
"""To write with, best first."""
_FULL_COLOUR, _HALVED = 0, 2


def picture_bytes(data: bytes) -> int:
    """Bytes of a file's main picture, without transparency and metadata."""
    return _length(read_container(data))


def lossy_hints(container: Container) -> LossyHints | None:
    """None where the file states no size."""
    main = container.items[container.primary]
    size = main.property_of(b"ispe") or b""
    if len(size) < 12:
        return None
    width, height = struct.unpack_from(">II", size, 4)
    if not width or not height:
        return None
    return LossyHints(_length(container) / (width * height), _subsampling(container))


def _length(container: Container) -> int:
    main = container.items[container.primary]
    tiles = main.refers(b"dimg") & container.items.keys()
    return len(main.data) + sum(len(container.items[tile].data) for tile in tiles)


def _subsampling(container: Container) -> int:
    """Halved where colour has half the columns and half the rows, else full."""
    main = container.items[container.primary]
    for item in (main, *(container.items[id] for id in main.refers(b"dimg") & {*container.items})):
        # ISO 14496-15, 8.3.3.1.2: chroma_format_idc; AV1-ISOBMFF, 2.3.3: both subsampling bits.
        if (hevc := item.property_of(b"hvcC")) and len(hevc) > 16:
            return _HALVED if hevc[16] & 3 < 2 else _FULL_COLOUR
        if (av1 := item.property_of(b"av1C")) and len(av1) > 2:
            return _HALVED if av1[2] & 0x0C == 0x0C else _FULL_COLOUR
    return _HALVED
