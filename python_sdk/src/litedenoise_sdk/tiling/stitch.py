"""Pixels into blocks; no more memory than the block itself."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.geometry import Box
from litedenoise_sdk.tiling.plan import Block, BlockPlan


def source_indices(start: int, stop: int, length: int) -> NDArray[np.intp]:
    """Which photo row (or column) each of the positions ``start`` to ``stop`` shows.

    Positions are photo coordinates and may lie outside [0, length). Outside, the photo is mirrored
    about its edge pixel (-k shows k); where it is too small to be mirrored further, the last pixel
    that could be is repeated.
    """
    positions = np.arange(start, stop)
    mirrored = np.where(positions < length, np.abs(positions), 2 * (length - 1) - positions)
    return mirrored.clip(0, length - 1)


def read_block(photo: NDArray[Any], plan: BlockPlan, block: Block) -> NDArray[Any]:
    """What the network sees of ``photo`` (H, W, C; any dtype) in ``block``: (h, w, C), same dtype.

    A block that lies inside the photo is a view of it; one that reaches over its edge is a copy
    with the mirrored pixels filled in. Treat either as read-only.
    """
    if photo.shape[:2] != (plan.photo.height, plan.photo.width):
        raise ValueError(f"the plan is for a photo of {plan.photo}; got shape {photo.shape}")
    return mirrored(photo, block.read.shifted(-plan.margin_px, -plan.margin_px))


def mirrored(photo: NDArray[Any], wanted: Box) -> NDArray[Any]:
    """A part of ``photo`` that may reach over its edges; see ``read_block``."""
    height, width = photo.shape[:2]
    top, left = min(max(wanted.top, 0), height), min(max(wanted.left, 0), width)
    bottom, right = max(min(wanted.bottom, height), top), max(min(wanted.right, width), left)
    inside = photo[top:bottom, left:right]
    if inside.shape[:2] == (wanted.size.height, wanted.size.width):
        return inside

    rows = source_indices(wanted.top, wanted.bottom, height)
    columns = source_indices(wanted.left, wanted.right, width)
    pixels = np.empty((rows.size, columns.size, *photo.shape[2:]), photo.dtype)
    first_row, first_column = max(top - wanted.top, 0), max(left - wanted.left, 0)
    last_row, last_column = max(bottom - wanted.top, 0), max(right - wanted.left, 0)
    pixels[first_row:last_row, first_column:last_column] = inside
    for edge in (slice(0, first_column), slice(last_column, None)):
        pixels[first_row:last_row, edge] = photo[top:bottom, columns[edge]]
    for edge in (slice(0, first_row), slice(last_row, None)):
        pixels[edge] = photo[rows[edge, None], columns]
    return pixels
