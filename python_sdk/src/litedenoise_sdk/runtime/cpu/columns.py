"""The columns of a strip of the photo, cut for every node."""

from collections.abc import Callable, Sequence

from litedenoise_sdk.runtime.cpu.axis import Interval, Nodes, Pieces, cut, fit, wanted

Columns = tuple[Pieces, ...]
"""The pieces of every node, from left to right; the picture is a single one."""


def cut_columns(
    nodes: Nodes, side_px: int, strips: Sequence[Interval], longest_px: Sequence[int]
) -> tuple[Columns, ...]:
    """Cuts the columns that are needed for each strip, all strips alike, for the least work.

    Args:
        side_px: width of the padded photo.
        strips: columns of it that are kept.
        longest_px: how long pieces of each node may be; of the picture all are taken.
    """

    def fitting(number: int, own: Interval, side: int) -> int:
        return fit(nodes[number], own, side, longest_px[number]) if number else side_px

    if len(strips) == 1:
        return (_walk(nodes, side_px, strips[0], fitting),)
    # Those at the photo's sides are read less far, and so are narrower than those between them.
    widest = strips[1:2] if len(strips) > 2 else strips
    cuts = [_walk(nodes, side_px, strip, fitting) for strip in widest]
    own_px = [max(pieces.own_px for pieces in node) for node in zip(*cuts, strict=True)]
    return tuple(
        _walk(nodes, side_px, strip, lambda number, *_: own_px[number]) for strip in strips
    )


def _walk(
    nodes: Nodes,
    side_px: int,
    kept: Interval,
    own_px: Callable[[int, Interval, int], int],
) -> Columns:
    """From the result back to the picture, as each node must supply what others read."""
    pieces: dict[int, Pieces] = {}
    for number in reversed(range(len(nodes))):
        side = side_px >> nodes[number].level
        own = wanted(nodes, pieces, number, side) if pieces else kept
        pieces[number] = cut(nodes[number], own, side, own_px(number, own, side))
    return tuple(pieces[number] for number in range(len(nodes)))
