"""Writes pixels.json: checksums of what blocks see of a photo, and of blended photos.

    python tests/golden/write_pixels.py

The photo's values are a formula of row, column and channel, so that no picture is stored; checksums
are CRC-32 over rows of interleaved RGB bytes.
"""

import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.options import Strength
from litedenoise_sdk.tiling import BlockPlan, blend, read_block

GOLDEN = Path(__file__).with_name("pixels.json")

# Photo height and width, block height and width, halo.
READS = [
    (1, 1, 48, 48, 128),
    (1, 7, 64, 48, 64),
    (5, 300, 48, 128, 48),
    (200, 300, 32, 32, 0),
    (97, 131, 96, 112, 48),
]

# Luma and chroma weights whose products round the same however they are summed.
BLENDS = [(0.0, 0.0), (1.0, 1.0), (0.5, 0.5), (0.7, 0.7), (0.25, 0.25)]
BLENDED = (64, 80)


def picture(height: int, width: int, seed: int) -> NDArray[np.uint8]:
    """(row * 7 + column * 13 + channel * 29 + row * column * seed) modulo 256."""
    row, column, channel = np.ogrid[:height, :width, :3]
    values = row * 7 + column * 13 + channel * 29 + row * column * seed
    pixels: NDArray[np.uint8] = (values % 256).astype(np.uint8)
    return pixels


def read_record(height: int, width: int, rows: int, columns: int, halo: int) -> dict[str, Any]:
    photo = picture(height, width, 1)
    plan = BlockPlan(Size(height, width), Size(rows, columns), halo)
    return {
        "photo": [height, width],
        "block": [rows, columns],
        "halo_px": halo,
        "crc32": [_checksum(read_block(photo, plan, block)) for block in plan.blocks],
    }


def blend_record(luma: float, chroma: float) -> dict[str, Any]:
    noisy, denoised = picture(*BLENDED, 1), picture(*BLENDED, 3)
    mixed = np.empty_like(noisy)
    blend(noisy, denoised, Strength(luma=luma, chroma=chroma), mixed)
    return {"photo": list(BLENDED), "luma": luma, "chroma": chroma, "crc32": _checksum(mixed)}


def golden_pixels() -> dict[str, Any]:
    return {
        "reads": [read_record(*case) for case in READS],
        "blends": [blend_record(*case) for case in BLENDS],
    }


def _checksum(pixels: NDArray[np.uint8]) -> str:
    return f"{zlib.crc32(np.ascontiguousarray(pixels).tobytes()):08x}"


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(golden_pixels(), indent=1) + "\n", encoding="utf-8")
