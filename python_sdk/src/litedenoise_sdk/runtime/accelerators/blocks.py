"""Which blocks are worth it on which processor: the one table that the planner reads.

The CPU has no row: it takes no blocks. Halo overhead needs no row either, as the planner minimizes
it within what a row allows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from litedenoise_sdk.options import Delegate


@dataclass(frozen=True, slots=True)
class BlockCost:
    """What blocks cost on a processor.

    Attributes:
        fixed_bytes: memory of this process beside blocks: libraries, weights, compiled code.
        activation_share: bytes for each byte of activations alive at a time in the graph.
        most_px: pixels of the largest block that is worth it.
        evidence: where the figures come from.
    """

    fixed_bytes: int
    activation_share: float
    most_px: int
    evidence: str

    def bytes_per_px(self, activation_bytes_per_px: float) -> float:
        """Memory for each pixel of a block."""
        return self.activation_share * activation_bytes_per_px


BLOCK_COSTS: Mapping[Delegate, BlockCost] = MappingProxyType(
    {
        "gpu": BlockCost(
            150_000_000,
            2.0,
            512 * 512,
            "modelled: activations twice, in half-float textures and in buffers; blocks of 512x512 "
            "keep a tensor of 96 channels below the 128 MB that Vulkan promises for a buffer",
        ),
        "npu": BlockCost(
            200_000_000,
            1.2,
            1088 * 1920,
            "measured: OpenVINO's CPU device at 64 to 768 pixels square, and every operator in one "
            "partition for SM8750 up to 1088x1920",
        ),
        "nnapi": BlockCost(150_000_000, 2.0, 512 * 512, "modelled as gpu; nothing was measured"),
        "external": BlockCost(150_000_000, 2.0, 512 * 512, "modelled as gpu; nothing was measured"),
    }
)
