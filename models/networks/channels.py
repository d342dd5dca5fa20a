"""Which convolutions make the channels of each activation, and which read them."""

from dataclasses import dataclass

from models.networks.student import LEVEL_WIDTHS


@dataclass(frozen=True, slots=True)
class Channels:
    """Activations whose channel c is the same feature wherever it is passed on.

    Attributes:
        made_by: convolutions whose outputs these are, or are added up to them.
        seen_at: layers that output them, the last after a ReLU.
        read_by: convolutions, each with the first of its inputs that is one of these channels.
    """

    made_by: tuple[str, ...]
    seen_at: tuple[str, ...]
    read_by: tuple[tuple[str, int], ...]


def channel_groups() -> list[Channels]:
    """All channels of the network except the residual's, from noisy to denoised."""
    deepest = len(LEVEL_WIDTHS) - 1
    groups = []
    for level in range(deepest + 1):
        first = f"down{level}" if level else "stem"
        if level < deepest:
            readers = [(f"down{level + 1}", 0), (f"merge{level}", LEVEL_WIDTHS[level + 1])]
        else:
            readers = [(f"merge{level - 1}", 0)]
        groups += _of_block(first, f"encoder{level}", readers)
    for level in reversed(range(deepest)):
        reader = f"merge{level - 1}" if level else "head"
        groups += _of_block(f"merge{level}", f"decoder{level}", [(reader, 0)])
    return groups


def concatenated_channels() -> list[tuple[Channels, Channels]]:
    """For each concatenation, what is upsampled and, behind it, what skips the deeper levels."""
    groups = channel_groups()
    return [
        (upsampled, skip)
        for upsampled in groups
        for skip in groups
        for name, first in skip.read_by
        if first and (name, 0) in upsampled.read_by
    ]


def _of_block(first: str, block: str, readers: list[tuple[str, int]]) -> list[Channels]:
    """What a residual block adds to, and what it keeps inside."""
    squeeze, expand = f"{block}_squeeze", f"{block}_expand"
    return [
        Channels((first, expand), (first, f"{block}_relu"), ((squeeze, 0), *readers)),
        Channels((squeeze,), (squeeze,), ((expand, 0),)),
    ]
