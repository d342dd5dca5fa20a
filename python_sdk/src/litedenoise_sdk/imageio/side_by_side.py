"""Pictures of the same place side by side: at 100 %, and a part of it at 400 % beneath."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.errors import UnsupportedImage
from litedenoise_sdk.geometry import Box, Size
from litedenoise_sdk.imageio.photo import Pixels

MAX_VIEW = Size(640, 640)
ZOOM = 4

_GAP_PX = 8
_LABEL_PX = 28
_FONT_PX = 18
_PAPER = (245, 245, 245)
_INK = (20, 20, 20)
_FRAME = (255, 176, 0)


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """One picture and what is written above it; pixels (H, W, 3) uint8, uint16 or float32."""

    label: str
    pixels: Pixels


def side_by_side(panels: Sequence[Panel], centre: tuple[int, int] | None = None) -> Pixels:
    """The same place of several pictures, next to each other.

    Args:
        panels: at least one, all of one height and width.
        centre: row and column of the place that is shown, the middle by default; moved inwards
            if the view would leave the picture.

    Returns:
        (height, width, 3) uint8. Each panel has its label, at most 640x640 pixels of the picture
        at 100 %, and beneath it the framed quarter of that view at 400 %.

    Raises:
        UnsupportedImage: panels of different sizes.
    """
    from PIL import Image, ImageDraw, ImageFont

    shapes = {panel.pixels.shape for panel in panels}
    if len(shapes) != 1:
        raise UnsupportedImage(f"expected pictures of the same size; got {sorted(shapes)}")
    height, width = panels[0].pixels.shape[:2]
    row, column = centre or (height // 2, width // 2)
    view = _window(Size(height, width), MAX_VIEW, row, column)
    inner = Size(-(-view.size.height // ZOOM), -(-view.size.width // ZOOM))
    part = _window(Size(height, width), inner, row, column)
    enlarged = Size(part.size.height * ZOOM, part.size.width * ZOOM)
    column_width = max(view.size.width, enlarged.width)
    font = ImageFont.load_default(_FONT_PX)
    labels_width = max(int(font.getlength(panel.label)) for panel in panels)
    column_width = max(column_width, labels_width)
    canvas = Image.new(
        "RGB",
        (
            len(panels) * (column_width + _GAP_PX) + _GAP_PX,
            _LABEL_PX + view.size.height + _GAP_PX + enlarged.height + _GAP_PX,
        ),
        _PAPER,
    )
    draw = ImageDraw.Draw(canvas)
    for index, panel in enumerate(panels):
        left = _GAP_PX + index * (column_width + _GAP_PX)
        draw.text((left, _LABEL_PX // 2), panel.label, fill=_INK, font=font, anchor="lm")
        canvas.paste(Image.fromarray(_bytes(panel.pixels[view.slices])), (left, _LABEL_PX))
        frame = part.shifted(_LABEL_PX - view.top, left - view.left)
        draw.rectangle(
            (frame.left, frame.top, frame.right - 1, frame.bottom - 1), outline=_FRAME, width=1
        )
        detail = Image.fromarray(_bytes(panel.pixels[part.slices]))
        detail = detail.resize((enlarged.width, enlarged.height), Image.Resampling.NEAREST)
        canvas.paste(detail, (left, _LABEL_PX + view.size.height + _GAP_PX))
    return np.asarray(canvas)


def _window(picture: Size, most: Size, row: int, column: int) -> Box:
    """The box of at most ``most`` around a pixel that lies inside the picture."""
    height, width = min(most.height, picture.height), min(most.width, picture.width)
    top = min(max(row - height // 2, 0), picture.height - height)
    left = min(max(column - width // 2, 0), picture.width - width)
    return Box(top, left, top + height, left + width)


def _bytes(pixels: Pixels) -> NDArray[np.uint8]:
    eight_bits: NDArray[np.uint8]
    if pixels.dtype == np.uint16:
        eight_bits = ((pixels.astype(np.uint32) + 128) // 257).astype(np.uint8)
    elif pixels.dtype == np.float32:
        eight_bits = np.rint(np.clip(pixels, 0, 1) * 255).astype(np.uint8)
    else:
        eight_bits = np.ascontiguousarray(pixels)
    return eight_bits
