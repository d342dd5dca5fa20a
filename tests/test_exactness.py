"""Cut into blocks or run whole, the result is the same."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from litedenoise_sdk import Denoiser
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.options import Precision
from litedenoise_sdk.pipeline import denoise_blocks
from litedenoise_sdk.runtime.openers import openers
from litedenoise_sdk.runtime.select import open_runtime
from litedenoise_sdk.tiling import BlockPlan, read_block
from litedenoise_sdk.tiling.axis import context_after, context_before

# Photo, block: odd sides, a few blocks each way, one block exactly full, smaller than a block.
CASES = [
    (Size(301, 333), Size(288, 304)),
    (Size(577, 41), Size(320, 96)),
    (Size(1, 600), Size(48, 336)),
    (Size(256, 240), Size(288, 272)),
    (Size(100, 37), Size(144, 80)),
    (Size(1, 1), Size(48, 48)),
    (Size(1, 1), Size(160, 96)),
    (Size(17, 3), Size(64, 64)),
]


def noisy(size: Size, dtype: str) -> NDArray[Any]:
    """Smooth shapes with grain, the kind of picture that keeps the network busy."""
    y, x = np.mgrid[: size.height, : size.width]
    shapes = 0.5 + 0.3 * np.sin(x / 17) * np.cos(y / 23)
    tinted = shapes[..., None] * np.array([1.0, 0.8, 0.6])
    grain = np.random.default_rng(0).normal(0, 0.05, tinted.shape)
    values: NDArray[np.float32] = np.clip(tinted + grain, 0, 1).astype(np.float32)
    return values if dtype == "float32" else (values * np.iinfo(dtype).max).astype(dtype)


def in_blocks(photo: NDArray[Any], plan: BlockPlan, precision: Precision) -> NDArray[Any]:
    runtimes = openers(None, [block.kept for block in plan.blocks])
    runtime = open_runtime(load_released(precision), plan.block, "cpu", 2, runtimes)
    result = np.empty_like(photo)
    denoise_blocks(photo, result, plan, runtime)
    runtime.close()
    return result


def whole(photo: NDArray[Any], plan: BlockPlan, precision: Precision) -> NDArray[Any]:
    """The network on the padded photo in one piece, cropped; padding as in the tiling tests."""
    runtime = open_runtime(load_released(precision), plan.padded, "cpu", threads=2)
    one = BlockPlan(plan.photo, plan.padded, plan.halo_px)
    (block,) = one.blocks
    denoised = runtime.run(read_block(photo, one, block))
    runtime.close()
    return denoised[block.kept.slices]


@pytest.mark.parametrize(("photo", "block"), CASES, ids=str)
def test_fp32_in_blocks_equals_whole_to_1e_5(photo: Size, block: Size) -> None:
    halo = load_released("fp32").sidecar.halo_px
    plan, pixels = BlockPlan(photo, block, halo), noisy(photo, "float32")
    np.testing.assert_allclose(
        in_blocks(pixels, plan, "fp32"), whole(pixels, plan, "fp32"), rtol=0, atol=1e-5
    )


@pytest.mark.parametrize(("photo", "block"), CASES, ids=str)
def test_int8_in_blocks_equals_whole_to_the_byte(photo: Size, block: Size) -> None:
    halo = load_released("int8").sidecar.halo_px
    plan, pixels = BlockPlan(photo, block, halo), noisy(photo, "uint8")
    np.testing.assert_array_equal(in_blocks(pixels, plan, "int8"), whole(pixels, plan, "int8"))


@pytest.mark.parametrize("side", ["before", "after"])
def test_nothing_beyond_the_exact_halo_reaches_what_a_block_keeps(side: str) -> None:
    """The rules for the context of blocks, checked on the network itself.

    The pixels right outside of what an inner block reads are changed; what it keeps must not move.
    """
    model = load_released("fp32")
    halo = model.sidecar.halo_px
    runtime = open_runtime(model, Size(48, 640), "cpu", threads=2)
    pixels = noisy(Size(48, 640), "float32")
    changed = pixels.copy()
    if side == "before":
        changed[:, :16] = 1 - changed[:, :16]
        kept = slice(16 + context_before(halo), None)
    else:
        changed[:, -16:] = 1 - changed[:, -16:]
        kept = slice(None, -16 - context_after(halo))
    same, moved = runtime.run(pixels), runtime.run(changed)
    runtime.close()
    np.testing.assert_array_equal(same[:, kept], moved[:, kept])
    assert not np.array_equal(same, moved)


@pytest.mark.parametrize(
    ("precision", "dtype", "tight_mb"), [("fp32", "float32", 140), ("int8", "uint8", 88)]
)
def test_the_memory_budget_does_not_change_an_exact_result(
    precision: Precision, dtype: str, tight_mb: int
) -> None:
    photo = noisy(Size(331, 350), dtype)
    with (
        Denoiser(precision) as roomy,
        Denoiser(precision, max_memory_mb=tight_mb) as tight,
    ):
        assert roomy.plan(350, 331).blocks == 1
        assert tight.plan(350, 331).blocks > 1
        np.testing.assert_allclose(tight.denoise(photo), roomy.denoise(photo), rtol=0, atol=1e-5)
