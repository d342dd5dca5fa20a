"""The columns of a strip of the photo, cut for every node."""

from collections.abc import Callable, Sequence

from litedenoise_sdk.runtime.cpu.axis import Interval, Node, Piece, cut, fit, wanted

Columns = tuple[tuple[Piece, ...], ...]
"""The pieces of every node, from left to right; the picture is a single one."""


def cut_columns(
    nodes: Sequence[Node], side_px: int, kept: Interval, own_px: Sequence[int]
) -> Columns:
    """Cuts the columns that are needed for a strip.

    Args:
        side_px: width of the padded photo.
        kept: the strip's columns in it.
        own_px: how much of each node a piece keeps.
    """
    return _walk(nodes, side_px, kept, lambda number, *_: own_px[number])


def fit_columns(
    nodes: Sequence[Node], side_px: int, kept: Interval, longest_px: Sequence[int]
) -> tuple[int, ...]:
    """How much of each node pieces of at most ``longest_px`` keep for the least work."""
    chosen = [side_px] * len(nodes)

    def choose(number: int, own: Interval, side: int) -> int:
        if number:
            chosen[number] = fit(nodes[number], own, side, longest_px[number])
        return chosen[number]

    _walk(nodes, side_px, kept, choose)
    return tuple(chosen)


def _walk(
    nodes: Sequence[Node],
    side_px: int,
    kept: Interval,
    own_px: Callable[[int, Interval, int], int],
) -> Columns:
    """From the result back to the picture, as each node must supply what others read."""
    pieces: dict[int, tuple[Piece, ...]] = {}
    for number in reversed(range(len(nodes))):
        side = side_px >> nodes[number].level
        own = wanted(nodes, pieces, number, side) if pieces else kept
        pieces[number] = cut(nodes[number], own, side, own_px(number, own, side))
    return tuple(pieces[number] for number in range(len(nodes)))
