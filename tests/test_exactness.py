"""However a photo is cut up, the result is that of the network on the whole photo, to the byte."""

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from litedenoise_sdk import Denoiser
from litedenoise_sdk.geometry import Box, Size, ceil_to
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.model.retile import retile
from litedenoise_sdk.options import Precision
from litedenoise_sdk.runtime.accelerators.pipeline import denoise_blocks
from litedenoise_sdk.runtime.cpu.columns import cut_columns
from litedenoise_sdk.runtime.cpu.nodes import Network
from litedenoise_sdk.runtime.cpu.photo import denoise_photo
from litedenoise_sdk.runtime.cpu.plan import RowsPlan
from litedenoise_sdk.runtime.cpu.runtime import LiteRtCpuRuntime
from litedenoise_sdk.runtime.cpu.schedule import Pace, schedule
from litedenoise_sdk.runtime.cpu.stream import Stream
from litedenoise_sdk.runtime.pixels import read_output, write_input
from litedenoise_sdk.runtime.protocol import Take
from litedenoise_sdk.tiling import BlockPlan, mirrored
from litedenoise_sdk.tiling.axis import context_after, context_before
from tests.model.interpreter import infer

MARGIN_PX = 16

# Photo, block: odd sides, a few blocks each way, one block exactly full, smaller than a block.
CASES = [
    (Size(301, 333), Size(288, 304)),
    (Size(577, 41), Size(320, 96)),
    (Size(1, 600), Size(48, 336)),
    (Size(256, 240), Size(288, 272)),
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


def padded_size(photo: Size) -> Size:
    return Size(*(ceil_to(side + 2 * MARGIN_PX, 16) for side in (photo.height, photo.width)))


def whole(photo: NDArray[Any], precision: Precision, padded: Size | None = None) -> NDArray[Any]:
    """The shipped file in LiteRT's interpreter on the padded photo in one piece, cropped."""
    size = Size(*photo.shape[:2])
    padded = padded or padded_size(size)
    content = retile(load_released(precision).content, padded)
    picture = mirrored(photo, Box.of(padded).shifted(-MARGIN_PX, -MARGIN_PX))
    tensor = np.zeros(picture.shape, np.int8 if precision == "int8" else np.float32)
    write_input(picture, tensor[None])
    result: NDArray[Any] = read_output(picture, infer(content, tensor)[None])
    return result[MARGIN_PX : MARGIN_PX + size.height, MARGIN_PX : MARGIN_PX + size.width]


def in_rows(
    photo: NDArray[Any],
    precision: Precision,
    strip_px: int,
    pace: Pace,
    longest_px: int,
    *,
    overwritten: bool,
) -> NDArray[Any]:
    model, size = load_released(precision), Size(*photo.shape[:2])
    network, padded = Network.of(model.graph), padded_size(size)
    rows, stop = (MARGIN_PX, MARGIN_PX + size.height), MARGIN_PX + size.width
    strips = tuple((left, min(left + strip_px, stop)) for left in range(MARGIN_PX, stop, strip_px))
    longest = [padded.width, *[longest_px] * len(network.stages)]
    plan = RowsPlan(
        network,
        padded,
        rows,
        strips,
        schedule(network.nodes, padded.height, rows, pace),
        cut_columns(network.nodes, padded.width, strips, longest),
        fixed_bytes=0,
    )
    result = photo if overwritten else np.zeros_like(photo)
    stream = Stream(model, plan, threads=2)
    done: list[int] = []
    denoise_photo(stream, plan, photo, into(result), done.append)
    assert done == list(range(1, plan.grid.area + 1))
    return result


def into(result: NDArray[Any]) -> Take:
    def take(place: Box, denoised: NDArray[Any]) -> None:
        result[place.slices] = denoised

    return take


@pytest.mark.parametrize(("precision", "dtype"), [("fp32", "float32"), ("int8", "uint8")])
@settings(max_examples=10, deadline=None)
@given(
    height=st.integers(1, 200),
    width=st.integers(1, 200),
    strip_px=st.sampled_from([32, 48, 112, 400]),
    pace=st.builds(Pace, st.sampled_from([16, 32, 80, 272]), st.booleans()),
    longest_px=st.sampled_from([16, 40, 100, 300]),
    overwritten=st.booleans(),
)
@example(height=1, width=1, strip_px=400, pace=Pace(32, False), longest_px=100, overwritten=False)
@example(height=301, width=333, strip_px=112, pace=Pace(48, True), longest_px=64, overwritten=False)
@example(height=90, width=110, strip_px=32, pace=Pace(16, False), longest_px=16, overwritten=True)
def test_rows_give_what_the_whole_photo_gives(
    precision: Precision,
    dtype: str,
    height: int,
    width: int,
    strip_px: int,
    pace: Pace,
    longest_px: int,
    overwritten: bool,
) -> None:
    photo = noisy(Size(height, width), dtype)
    expected = whole(photo, precision)
    found = in_rows(photo, precision, strip_px, pace, longest_px, overwritten=overwritten)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("size", [Size(1, 1), Size(1, 700), Size(331, 350)], ids=str)
@pytest.mark.parametrize(
    ("precision", "dtype", "tight_mb"),
    [
        ("fp32", "float32", 146),
        ("fp32", "uint16", 146),
        ("fp16", "uint8", 136),
        ("int8", "uint8", 96),
    ],
)
def test_the_memory_budget_does_not_change_the_result(
    size: Size, precision: Precision, dtype: str, tight_mb: int
) -> None:
    photo = noisy(size, dtype)
    expected = whole(photo, precision)
    for budget_mb in (None, tight_mb):
        with Denoiser(precision, "cpu", max_memory_mb=budget_mb) as denoiser:
            np.testing.assert_array_equal(denoiser.denoise(photo), expected)


@pytest.mark.parametrize(("photo", "block"), CASES, ids=str)
@pytest.mark.parametrize(("precision", "dtype"), [("fp32", "float32"), ("int8", "uint8")])
def test_blocks_with_a_halo_give_what_the_whole_photo_gives(
    photo: Size, block: Size, precision: Precision, dtype: str
) -> None:
    model = load_released(precision)
    pixels, plan = noisy(photo, dtype), BlockPlan(photo, block, model.sidecar.halo_px)
    result = np.empty_like(pixels)
    denoise_blocks(pixels, into(result), plan, LiteRtCpuRuntime(model, block, 2, "cpu", ""))
    np.testing.assert_array_equal(result, whole(pixels, precision, plan.padded))


@pytest.mark.parametrize("side", ["before", "after"])
def test_nothing_beyond_the_halo_reaches_what_a_block_keeps(side: str) -> None:
    """The rules for the context of blocks, checked on the network itself.

    The pixels right outside of what an inner block reads are changed; what it keeps must not move.
    """
    model = load_released("fp32")
    halo = model.sidecar.halo_px
    runtime = LiteRtCpuRuntime(model, Size(48, 640), 2, "cpu", "")
    pixels = noisy(Size(48, 640), "float32")
    changed = pixels.copy()
    if side == "before":
        changed[:, :16] = 1 - changed[:, :16]
        kept = slice(16 + context_before(halo), None)
    else:
        changed[:, -16:] = 1 - changed[:, -16:]
        kept = slice(None, -16 - context_after(halo))
    same, moved = runtime.run(pixels), runtime.run(changed)
    np.testing.assert_array_equal(same[:, kept], moved[:, kept])
    assert not np.array_equal(same, moved)
