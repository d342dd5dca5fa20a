"""Fine colour patterns for clean crops: cloth, mosaics, screens, foliage, sprinkles, lights.

Photographs rarely show two strong colours within a few pixels, and noise always does; a network
that has not seen such patterns turns them grey.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from models.training.textures import patches

SCALE = 3
"""Patterns are drawn this many times as large and made smaller, as soft as a lens leaves them."""
PIXELS = (1.0, 8.0)
"""Sides of stitches, stones and leaves in pixels of the crop, drawn evenly in their logarithm."""
FREQUENCY = (0.05, 0.5)
"""Cycles a pixel of gratings, drawn evenly in its logarithm."""
FINE = 0.3
"""The share of patterns that are checks and stripes as fine as pixels, the most like noise."""
GREY = 0.2
FINE_GREY = 0.5
"""The share of patterns without colour, and that of the finest: noise that is equal in red, green
and blue is like them."""
PARTLY = 0.5
"""The share of patterns that cover a part of the crop, such as a garment in a scene."""

Pixels = NDArray[np.uint8]
Palette = NDArray[np.float64]


def with_pattern(crop: Pixels, rng: np.random.Generator) -> Pixels:
    """A crop (H, W, 3), all or a part of it covered by a pattern."""
    fine = rng.random() < FINE
    draw = _checks if fine else _KINDS[rng.integers(len(_KINDS))]
    pattern = draw(len(crop), _palette(rng), rng)
    if rng.random() < (FINE_GREY if fine else GREY):
        pattern = pattern[..., 1:2].repeat(3, axis=2)
    if rng.random() >= PARTLY:
        return pattern
    share = patches(crop.shape[:2], rng)[..., None]
    return np.asarray(crop + share * (pattern.astype(np.float64) - crop) + 0.5).astype(np.uint8)


def _palette(rng: np.random.Generator) -> Palette:
    """Two to six colours, (N, 3) in 0..255: alike or not, pale, or as strong as colours get."""
    count = rng.integers(2, 7)
    kind = rng.random()
    if kind < 0.25:
        return rng.integers(0, 2, (count, 3)).astype(np.float64) * 255.0
    if kind < 0.5:
        spread = rng.uniform(5, 60)
        alike = rng.uniform(0, 255, 3) + rng.normal(0, spread, (count, 3))
        return np.asarray(alike.clip(0, 255))
    return rng.uniform(0, 255, (count, 3))


def _checks(side: int, palette: Palette, rng: np.random.Generator) -> Pixels:
    """Checks and stripes of two colours, one or two pixels wide: screens, dithered pictures."""
    height, width = rng.integers(1, 3, 2)
    rows, columns = np.indices((side, side))
    down, across = ((1, 1), (1, 0), (0, 1))[rng.integers(3)]
    index = rows // height * down + columns // width * across
    return palette[index % 2].astype(np.uint8)


def _cells(side: int, palette: Palette, rng: np.random.Generator) -> Pixels:
    """Squares of whole pixels, sharp to the pixel: checks, stripes, screens, pixel art.

    Single pixels come in order alone: without any, they would be noise.
    """
    square = int(_side(rng))
    rows, columns = np.indices((side, side)) // square
    if square == 1 or rng.random() < 0.7:
        index = rows * rng.integers(1, 4) + columns * rng.integers(0, 4)
    else:
        index = rng.integers(len(palette), size=(side, side))[rows, columns]
    return palette[index % rng.integers(2, len(palette) + 1)].astype(np.uint8)


def _weave(side: int, palette: Palette, rng: np.random.Generator) -> Pixels:
    """Stitches in rows: knitted and woven cloth, roof tiles."""
    step, tall = _side(rng) * SCALE, rng.uniform(0.7, 1.6)
    skip, order = rng.integers(0, 4), rng.integers(1, 4)
    colours = [tuple(colour) for colour in palette.astype(int).tolist()]
    image, draw = _canvas(side, rng)
    shape = draw.ellipse if rng.random() < 0.6 else draw.rectangle
    for row in range(int(side * SCALE * 1.5 / step) + 2):
        for column in range(int(side * SCALE * 1.5 / step) + 2):
            x, y = column * step, row * step
            shape(
                [x, y, x + step, y + step * tall],
                colours[(column * order + row * skip) % len(colours)],
            )
    return _softened(image, side, rng)


def _stones(side: int, palette: Palette, rng: np.random.Generator) -> Pixels:
    """Stones of mixed colours in a grid with gaps: mosaics, tiles, windows at night."""
    step = (_side(rng) + 1.0) * SCALE
    gap = rng.uniform(0.0, 0.4) * step
    jitter = rng.uniform(0, 25)
    image, draw = _canvas(side, rng)
    for y in np.arange(0.0, side * SCALE * 1.5, step):
        for x in np.arange(0.0, side * SCALE * 1.5, step):
            colour = palette[rng.integers(len(palette))] + rng.normal(0, jitter, 3)
            draw.rectangle([x, y, x + step - gap, y + step - gap], fill=_rgb(colour))
    return _softened(image, side, rng)


def _leaves(side: int, palette: Palette, rng: np.random.Generator) -> Pixels:
    """Overlapping spots of all sizes: foliage, sprinkles, confetti, lights in the dark."""
    image, draw = _canvas(side, rng)
    size = _side(rng) * SCALE
    jitter, spread = rng.uniform(0, 40), rng.uniform(0.1, 0.6)
    cover = np.exp(rng.uniform(np.log(0.2), np.log(3.0)))
    count = min(int(cover * (1.5 * side * SCALE / size) ** 2), 6000)
    places = rng.uniform(0, 1.5 * side * SCALE, (count, 2))
    radii = size * np.exp(rng.normal(0, spread, (count, 2))) / 2
    colours = palette[rng.integers(len(palette), size=count)] + rng.normal(0, jitter, (count, 3))
    for (x, y), (across, down), colour in zip(places, radii, colours, strict=True):
        draw.ellipse([x - across, y - down, x + across, y + down], fill=_rgb(colour))
    return _softened(image, side, rng)


def _waves(side: int, palette: Palette, rng: np.random.Generator) -> Pixels:
    """One or two gratings between two colours: fabric from afar, blinds, fences."""
    rows, columns = np.indices((side, side))
    wave = np.zeros((side, side))
    for _ in range(rng.integers(1, 3)):
        low, high = np.log(FREQUENCY)
        frequency, angle = np.exp(rng.uniform(low, high)), rng.uniform(0, np.pi)
        turned = np.cos(angle) * rows + np.sin(angle) * columns
        wave = wave + np.sin(2 * np.pi * frequency * turned + rng.uniform(0, 2 * np.pi))
    share = (1.0 + np.clip(wave * rng.uniform(0.5, 3.0), -1, 1))[..., None] / 2
    return np.asarray(palette[0] + share * (palette[1] - palette[0]) + 0.5).astype(np.uint8)


_KINDS: tuple[Callable[[int, Palette, np.random.Generator], Pixels], ...] = (
    _cells, _weave, _stones, _leaves, _waves,
)  # fmt: skip


def _side(rng: np.random.Generator) -> float:
    return float(np.exp(rng.uniform(*np.log(PIXELS))))


def _rgb(colour: NDArray[np.float64]) -> tuple[int, int, int]:
    red, green, blue = np.clip(colour, 0, 255).astype(int).tolist()
    return red, green, blue


def _canvas(side: int, rng: np.random.Generator) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """Large enough to be turned by any angle before it is cut out."""
    wide = int(side * SCALE * 1.5)
    image = Image.new("RGB", (wide, wide), _rgb(rng.uniform(0, 255, 3) * rng.random()))
    return image, ImageDraw.Draw(image)


def _softened(image: Image.Image, side: int, rng: np.random.Generator) -> Pixels:
    """The middle of the canvas at the crop's size, turned by any angle in half of the cases."""
    if rng.random() < 0.5:
        image = image.rotate(rng.uniform(0, 360), Image.Resampling.BILINEAR)
    corner = (image.width - side * SCALE) // 2
    middle = image.crop((corner, corner, corner + side * SCALE, corner + side * SCALE))
    filter_ = Image.Resampling.LANCZOS if rng.random() < 0.5 else Image.Resampling.BOX
    return np.asarray(middle.resize((side, side), filter_))
