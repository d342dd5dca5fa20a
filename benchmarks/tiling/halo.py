"""Denoises photos with any block size and halo."""

from collections.abc import Mapping, Sequence

import numpy as np

from benchmarks.common.pairs import RGB
from benchmarks.tiling.agreement import Agreement
from litedenoise_sdk.geometry import Box, Size
from litedenoise_sdk.machine import usable_cores
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.options import Precision
from litedenoise_sdk.runtime.accelerators.pipeline import denoise_blocks
from litedenoise_sdk.runtime.cpu.runtime import LiteRtCpuRuntime
from litedenoise_sdk.runtime.protocol import Take
from litedenoise_sdk.tiling import BlockPlan

HALOS_PX = tuple(range(16, 145, 16))


def denoise_with_halo(
    precision: Precision, photos: Sequence[RGB], block: Size, halo_px: int
) -> list[RGB]:
    """All photos, each larger than ``block``, in blocks of this size and halo.

    Raises:
        ValueError: a photo that fits into one block, where no halo matters.
        OptionsError: a block too small for the halo.
    """
    runtime = LiteRtCpuRuntime(load_released(precision), block, usable_cores(), "cpu", "named")
    denoised: list[RGB] = []
    try:
        for photo in photos:
            plan = BlockPlan(Size(*photo.shape[:2]), block, halo_px)
            if len(plan.blocks) == 1:
                raise ValueError(
                    f"a photo of {plan.photo} is a single block of {block}: "
                    "take a larger photo or a smaller --block"
                )
            denoised.append(np.empty_like(photo))
            denoise_blocks(photo, _into(denoised[-1]), plan, runtime)
    finally:
        runtime.close()
    return denoised


def _into(result: RGB) -> Take:
    def take(place: Box, pixels: RGB) -> None:
        result[place.slices] = pixels

    return take


def smallest_exact_halo(by_halo: Mapping[int, Agreement]) -> int | None:
    """The smallest halo at and above which every 8-bit value is equal, or None."""
    chosen: int | None = None
    for halo_px in sorted(by_halo, reverse=True):
        if by_halo[halo_px].identical < 1:
            break
        chosen = halo_px
    return chosen
