"""Neural processors of known phones, for a roofline; see ``estimate_ms``."""

from collections.abc import Iterable
from dataclasses import dataclass

from litedenoise_sdk.tools.lint.layers import Layer


@dataclass(frozen=True, slots=True)
class Soc:
    """A phone's chip, according to its makers and reviewers.

    Attributes:
        name: the maker's part number, as LiteRT's compilers take it.
        sold_as: the name on the box.
        int8_tops: 10**12 operations a second in int8, two for each multiplication.
        memory_gb_s: 10**9 bytes a second between chip and memory, shared with everything else.
        on_chip_bytes: memory of the neural processor itself.
    """

    name: str
    sold_as: str
    int8_tops: float
    memory_gb_s: float
    on_chip_bytes: int


SOCS: tuple[Soc, ...] = (
    Soc("SM8650", "Snapdragon 8 Gen 3", 34, 76.8, 8 << 20),
    Soc("SM8750", "Snapdragon 8 Elite", 45, 84.8, 8 << 20),
    Soc("MT6991", "Dimensity 9400", 46, 85.3, 8 << 20),
    Soc("MT6993", "Dimensity 9500", 80, 85.3, 8 << 20),
)
"""Memory rates follow from the fastest memory each chip takes. Makers state operations and on-chip
memory in different ways or not at all: those figures are assumptions, and so are the estimates."""

_FLOAT_SHARE = 0.25
_INT16_SHARE = 0.5
"""Arithmetic rates of wider formats beside int8, assumed for all."""

_FLOAT_BYTES_SHARE = 0.5
"""Neural processors keep the activations of float32 graphs in half precision."""


def find_soc(name: str) -> Soc | None:
    """The chip with this part number, upper or lower case."""
    return next((soc for soc in SOCS if soc.name.lower() == name.lower()), None)


def estimate_ms(layers: Iterable[Layer], soc: Soc) -> float:
    """A lower bound on latency: every layer takes its arithmetic or its traffic, whichever is more.

    The roofline of Williams, Waterman and Patterson (2009), with every activation going through
    memory once unless the whole layer fits the chip. Launching, scheduling and heat are not in it.
    """
    return sum(_layer_ms(layer, soc) for layer in layers)


def _layer_ms(layer: Layer, soc: Soc) -> float:
    rate, size = 1.0, 1.0
    if layer.type == "FLOAT32":
        rate, size = _FLOAT_SHARE, _FLOAT_BYTES_SHARE
    elif layer.type == "FLOAT16":
        rate = _FLOAT_SHARE
    elif layer.type == "INT16":
        rate = _INT16_SHARE
    arithmetic = 2 * layer.macs / (soc.int8_tops * 1e12 * rate)
    fits = layer.moved_bytes * size <= soc.on_chip_bytes
    traffic = (layer.weight_bytes if fits else layer.moved_bytes) * size / (soc.memory_gb_s * 1e9)
    return 1000 * max(arithmetic, traffic)
