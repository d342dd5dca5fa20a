"""Pictures of fine colour patterns, which denoisers tend to turn grey.

Each is (256, 256, 3) uint8. Cloth and stones are drawn four times as large and made smaller, so
that they are as soft as a photograph; squares are sharp to the pixel.
"""

from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from benchmarks.common.pairs import RGB

SIDE_PX = 256
_SCALE = 4


def knit() -> RGB:
    """Rows of stitches three pixels wide, in four colours of yarn."""
    yarns = [(168, 44, 52), (44, 62, 118), (218, 198, 158), (54, 108, 72)]
    image, draw = _canvas((118, 118, 118))
    step = 3 * _SCALE
    for row in range(SIDE_PX // 3 + 1):
        for column in range(SIDE_PX // 3 + 1):
            x, y = column * step, row * step
            draw.ellipse([x, y, x + step, y + 4 * _SCALE], fill=yarns[(column + 2 * row) % 4])
    return _softened(image)


def mosaic() -> RGB:
    """Stones four pixels wide with gaps of one, in five colours that vary a little."""
    rng = np.random.default_rng(5)
    stones = np.array(
        [(196, 62, 54), (62, 148, 84), (54, 84, 188), (228, 188, 74), (228, 224, 208)]
    )
    image, draw = _canvas((92, 92, 92))
    for y in range(0, SIDE_PX * _SCALE, 5 * _SCALE):
        for x in range(0, SIDE_PX * _SCALE, 5 * _SCALE):
            colour = np.clip(stones[rng.integers(5)] + rng.normal(0, 12, 3), 0, 255).astype(int)
            corners = [x, y, x + 4 * _SCALE - 1, y + 4 * _SCALE - 1]
            draw.rectangle(corners, fill=tuple(colour.tolist()))
    return _softened(image)


def squares(side_px: int) -> RGB:
    """Squares of pure red, yellow, green and blue."""
    colours = np.array([(255, 0, 0), (255, 255, 0), (0, 255, 0), (0, 0, 255)], np.uint8)
    rows, columns = np.indices((SIDE_PX, SIDE_PX)) // side_px
    picture: RGB = colours[(3 * columns + rows) % 4]
    return picture


def checkerboard() -> RGB:
    """Single pixels of two greys."""
    rows, columns = np.indices((SIDE_PX, SIDE_PX))
    greys: RGB = np.where((rows + columns)[..., None] % 2, 208, 48).astype(np.uint8)
    return greys.repeat(3, axis=2)


PATTERNS: Mapping[str, Callable[[], RGB]] = {
    "knit": knit,
    "mosaic": mosaic,
    "squares-4": lambda: squares(4),
    "squares-8": lambda: squares(8),
    "checkerboard": checkerboard,
}


def _canvas(colour: tuple[int, int, int]) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", (SIDE_PX * _SCALE, SIDE_PX * _SCALE), colour)
    return image, ImageDraw.Draw(image)


def _softened(image: Image.Image) -> RGB:
    small = image.resize((SIDE_PX, SIDE_PX), Image.Resampling.LANCZOS)
    return np.array(small.filter(ImageFilter.GaussianBlur(0.5)))
