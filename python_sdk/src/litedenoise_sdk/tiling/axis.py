"""One dimension of a block plan, in whole pixels.

The photo's axis is padded by ``MARGIN_PX`` mirrored pixels before its first pixel and at least as
many after its last, up to a multiple of the network's stride. Blocks of one fixed length walk over
the padded axis; at both ends of a block some pixels are computed for context only and thrown away,
except where the block ends with the padded axis: there the network sees the same border as it
would on the whole padded photo, so nothing needs to be thrown away.

All ends of blocks and of what they keep lie on the stride, which saves two strides of context:

- ``halo_px`` is meant for the pixel that sees furthest. The last pixel of a stride, where what a
  block keeps ends, sees up to a stride less far ahead.
- A stride-2 convolution with "same" padding of an even length looks at samples 2i, 2i+1 and 2i+2:
  one further ahead than back. Over the four levels that is 1+2+4+8 = 15 pixels, so the first pixel
  of a stride, where what a block keeps starts, sees another stride less far back.

For LiteDenoiseNet, whose receptive field's radius is 139 pixels, these two are 126 and 111.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from litedenoise_sdk.errors import OptionsError
from litedenoise_sdk.geometry import ceil_to

STRIDE_PX = 16
"""The network halves its input four times: it commutes with shifts by multiples of this alone."""

MARGIN_PX = 16
"""Mirrored pixels around the photo, which keep the network's zero padding away from it."""


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


def context_before(halo_px: int) -> int:
    """Pixels that a block computes before those it keeps, and throws away."""
    return max(halo_px - 2 * STRIDE_PX, 0)


def context_after(halo_px: int) -> int:
    """Pixels that a block computes after those it keeps, and throws away."""
    return max(halo_px - STRIDE_PX, 0)


def solve_axis(length: int, block: int, halo_px: int) -> tuple[Span, ...]:
    """The blocks along one axis, in order; together they own every photo pixel exactly once.

    Raises:
        OptionsError: no photo, a block or halo off the stride, or a block swallowed by its halo.
    """
    count = count_blocks(length, block, halo_px)
    step = block - context_before(halo_px) - context_after(halo_px)
    last_start = padded_length(length, block) - block
    spans = []
    own_start = 0
    for index in range(count):
        read_start = min(index * step, last_start)
        read_stop = read_start + block
        own_stop = length if index == count - 1 else read_stop - context_after(halo_px) - MARGIN_PX
        spans.append(Span(read_start, read_stop, own_start, own_stop))
        own_start = own_stop
    return tuple(spans)


def count_blocks(length: int, block: int, halo_px: int) -> int:
    """How many blocks of this length ``solve_axis`` needs. Raises as ``solve_axis`` does."""
    if length < 1:
        raise OptionsError(f"a photo's side must be at least 1 pixel; got {length}")
    if halo_px < 0 or halo_px % STRIDE_PX:
        raise OptionsError(f"a halo must be a multiple of {STRIDE_PX} pixels; got {halo_px}")
    if block < STRIDE_PX or block % STRIDE_PX:
        raise OptionsError(f"a block's side must be a multiple of {STRIDE_PX}; got {block}")
    beyond_first = _reach(length, halo_px, block) - block
    if beyond_first <= 0:
        return 1
    if block < _shortest(halo_px):
        raise OptionsError(
            f"a block of {block} pixels is too short to be one of several with a halo of "
            f"{halo_px}; take at least {_shortest(halo_px)}"
        )
    step = block - context_before(halo_px) - context_after(halo_px)
    return 1 + -(-beyond_first // step)


def block_lengths(length: int, halo_px: int) -> Iterator[int]:
    """Every block length worth considering, longest first: the shortest for each block count."""
    reach = _reach(length, halo_px)
    context = context_before(halo_px) + context_after(halo_px)
    block = ceil_to(reach, STRIDE_PX)
    count = 1
    yield block
    while block > _shortest(halo_px):
        count += 1
        covering = -(-(reach + context * (count - 1)) // count)
        shorter = max(ceil_to(covering, STRIDE_PX), _shortest(halo_px))
        if shorter < block:
            block = shorter
            yield block


def _shortest(halo_px: int) -> int:
    """The shortest of several blocks: all own something, the first behind the margin too."""
    return context_after(halo_px) + STRIDE_PX + max(context_before(halo_px), MARGIN_PX)


def _reach(length: int, halo_px: int, block: int = 0) -> int:
    """How far, in padded coordinates, blocks must reach for the last photo pixel to be right."""
    return min(MARGIN_PX + length + context_after(halo_px), padded_length(length, block))
