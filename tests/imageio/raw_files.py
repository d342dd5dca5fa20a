"""Raw files made from clean pictures, with noise that is known."""

import io
import struct
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray

BLACK, WHITE = 512, 16383
GAINS = (0.5, 1.0, 0.6)
"""Of the sensor's red, green and blue; white balance takes them back."""


def dng(
    picture: NDArray[np.uint8],
    *,
    photons: float | None = None,
    read_noise: float = 0.0,
    tags: tuple[tuple[int, int, int, Any, bool], ...] = (),
) -> bytes:
    """A DNG file of a sensor that saw an sRGB picture.

    Args:
        picture: (H, W, 3) of even sides.
        photons: that white stands for, which makes shot noise; none without them.
        read_noise: its standard deviation, as a share of white.
        tags: more of the first directory, as tifffile takes them.
    """
    random = np.random.default_rng(1)
    stored = picture / 255.0
    light = np.where(stored <= 0.04045, stored / 12.92, ((stored + 0.055) / 1.055) ** 2.4)
    sensor = light * GAINS
    mosaic = sensor[..., 1].copy()
    mosaic[0::2, 0::2] = sensor[0::2, 0::2, 0]
    mosaic[1::2, 1::2] = sensor[1::2, 1::2, 2]
    if photons:
        mosaic = random.poisson(mosaic * photons) / photons
    mosaic = mosaic + random.normal(0, 1, mosaic.shape) * read_noise
    values = np.clip(np.rint(BLACK + mosaic * (WHITE - BLACK)), 0, WHITE).astype(np.uint16)
    # A camera whose colours are sRGB's: from XYZ (D65) to its own.
    to_xyz = np.array(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
         [0.0193339, 0.1191920, 0.9503041]]
    )  # fmt: skip
    matrix = np.diag(GAINS) @ np.linalg.inv(to_xyz)
    file = io.BytesIO()
    tifffile.imwrite(
        file,
        values,
        photometric="cfa",
        metadata=None,
        extratags=(
            (271, 2, None, "Acme", True),
            (272, 2, None, "Acme One", True),
            (33421, 3, 2, (2, 2), True),
            (33422, 1, 4, b"\0\1\1\2", True),
            (50706, 1, 4, b"\1\4\0\0", True),
            (50708, 2, None, "Acme One", True),
            (50714, 4, 1, BLACK, True),
            (50717, 4, 1, WHITE, True),
            (50721, 10, 9, _fractions(matrix.ravel()), True),
            (50728, 5, 3, _fractions(np.array(GAINS)), True),
            (50778, 3, 1, 21, True),
            *tags,
        ),
    )
    return file.getvalue()


def _fractions(values: NDArray[np.float64]) -> tuple[int, ...]:
    return tuple(int(part) for value in values for part in (round(value * 100_000), 100_000))


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content
