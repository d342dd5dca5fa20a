"""Pixels into blocks and out of them; no more memory than the block itself."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

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
    wanted = block.read.shifted(-plan.margin_px, -plan.margin_px)
    top, bottom = max(wanted.top, 0), min(wanted.bottom, plan.photo.height)
    left, right = max(wanted.left, 0), min(wanted.right, plan.photo.width)
    inside = photo[top:bottom, left:right]
    if inside.shape[:2] == (wanted.size.height, wanted.size.width):
        return inside

    rows = source_indices(wanted.top, wanted.bottom, plan.photo.height)
    columns = source_indices(wanted.left, wanted.right, plan.photo.width)
    pixels = np.empty((rows.size, columns.size, *photo.shape[2:]), photo.dtype)
    first_row, first_column = top - wanted.top, left - wanted.left
    last_row, last_column = bottom - wanted.top, right - wanted.left
    pixels[first_row:last_row, first_column:last_column] = inside
    for edge in (slice(0, first_column), slice(last_column, None)):
        pixels[first_row:last_row, edge] = photo[top:bottom, columns[edge]]
    for edge in (slice(0, first_row), slice(last_row, None)):
        pixels[edge] = photo[rows[edge, None], columns]
    return pixels


def write_block(
    result: NDArray[Any], plan: BlockPlan, block: Block, denoised: NDArray[Any]
) -> None:
    """Puts the pixels that ``block`` owns from ``denoised`` (h, w, C) into ``result`` (H, W, C)."""
    if result.shape[:2] != (plan.photo.height, plan.photo.width):
        raise ValueError(f"the plan is for a photo of {plan.photo}; got shape {result.shape}")
    result[block.own.slices] = denoised[block.kept.slices]
