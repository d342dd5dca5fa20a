"""One dimension of a block plan, in whole pixels.

The photo's axis is padded by ``MARGIN_PX`` mirrored pixels before its first pixel and at least as
many after its last, up to a multiple of the network's stride. Blocks of one fixed length walk over
the padded axis; the outermost ``halo_px`` of a block are computed for context only and thrown
away, except where the block's side is the padded axis' own end: there the network sees the same
border as it would on the whole padded photo, so nothing needs to be thrown away.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from litedenoise_sdk.errors import OptionsError
from litedenoise_sdk.geometry import ceil_to

STRIDE_PX = 16
"""The network halves its input four times: it commutes with shifts by multiples of this alone."""

MARGIN_PX = 16
"""Mirrored pixels around the photo, which keep the network's zero padding away from it."""

HALO_STEP_PX = STRIDE_PX // 2
"""A halo is taken off both sides of a block, so half a stride keeps the origins on the stride."""

SHORTEST_PX = MARGIN_PX + STRIDE_PX
"""Anything shorter would hold no photo at all in the first block."""


@dataclass(frozen=True, slots=True)
class Span:
    """One block along one axis; ends excluded.

    Attributes:
        read_start, read_stop: what the block computes, in padded coordinates.
        own_start, own_stop: what it contributes to the result, in photo coordinates.
    """

    read_start: int
    read_stop: int
    own_start: int
    own_stop: int


def padded_length(length: int, block: int = 0) -> int:
    """Length of the padded axis of a photo ``length`` pixels long, at least one ``block``."""
    return max(ceil_to(length + 2 * MARGIN_PX, STRIDE_PX), block)


def solve_axis(length: int, block: int, halo_px: int) -> tuple[Span, ...]:
    """The blocks along one axis, in order; together they own every photo pixel exactly once.

    Raises:
        OptionsError: no photo, a block off the stride or swallowed by its own halo, or a halo
            that would put origins off the stride.
    """
    count = count_blocks(length, block, halo_px)
    last_start = padded_length(length, block) - block
    spans = []
    own_start = 0
    for index in range(count):
        read_start = min(index * (block - 2 * halo_px), last_start)
        read_stop = read_start + block
        own_stop = length if index == count - 1 else read_stop - halo_px - MARGIN_PX
        spans.append(Span(read_start, read_stop, own_start, own_stop))
        own_start = own_stop
    return tuple(spans)


def count_blocks(length: int, block: int, halo_px: int) -> int:
    """How many blocks of this length ``solve_axis`` needs. Raises as ``solve_axis`` does."""
    if length < 1:
        raise OptionsError(f"a photo's side must be at least 1 pixel; got {length}")
    if halo_px < 0 or halo_px % HALO_STEP_PX:
        raise OptionsError(f"a halo must be a multiple of {HALO_STEP_PX} pixels; got {halo_px}")
    if block < SHORTEST_PX or block % STRIDE_PX:
        raise OptionsError(
            f"a block's side must be a multiple of {STRIDE_PX} from {SHORTEST_PX}; got {block}"
        )
    beyond_first = _reach(length, halo_px, block) - block
    if beyond_first <= 0:
        return 1
    step = block - 2 * halo_px
    if step <= 0:
        raise OptionsError(
            f"a block of {block} pixels leaves nothing between two halos of {halo_px}; "
            f"take at least {2 * halo_px + STRIDE_PX}"
        )
    return 1 + -(-beyond_first // step)


def block_lengths(length: int, halo_px: int) -> Iterator[int]:
    """Every block length worth considering, longest first: the shortest for each block count."""
    reach = _reach(length, halo_px)
    shortest = max(2 * halo_px + STRIDE_PX, SHORTEST_PX)
    block = ceil_to(reach, STRIDE_PX)
    count = 1
    yield block
    while block > shortest:
        count += 1
        mean = -(-(reach + 2 * halo_px * (count - 1)) // count)
        shorter = max(ceil_to(mean, STRIDE_PX), shortest)
        if shorter < block:
            block = shorter
            yield block


def _reach(length: int, halo_px: int, block: int = 0) -> int:
    """How far, in padded coordinates, blocks must reach for the last photo pixel to be right."""
    return min(MARGIN_PX + length + halo_px, padded_length(length, block))
