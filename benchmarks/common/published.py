"""Figures that others published for their own data and phones; never in one column with ours."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Published:
    """A latency measured by others.

    Attributes:
        soc: part number of the chip.
        sold_as: the name on the box.
        latency_ms: of one block of ``BLOCK`` on the neural processor.
    """

    soc: str
    sold_as: str
    latency_ms: float


BLOCK = "1088x1920"
SOURCE = "arXiv 2605.03680"
PUBLISHED = (
    Published("MT6993", "Dimensity 9500", 34.0),
    Published("SM8750", "Snapdragon 8 Elite", 46.1),
)
