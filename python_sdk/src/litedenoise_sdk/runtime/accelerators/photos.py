"""Photos on a processor that takes whole blocks."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from numpy.typing import NDArray

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.load import LoadedModel
from litedenoise_sdk.options import Delegate
from litedenoise_sdk.progress import ProgressCallback
from litedenoise_sdk.runtime.accelerators.blocks import BLOCK_COSTS
from litedenoise_sdk.runtime.accelerators.pipeline import denoise_blocks
from litedenoise_sdk.runtime.protocol import RunReport, Runtime, Take, Task
from litedenoise_sdk.tiling import BlockPlan, LinearCost, choose_block

Opener = Callable[[LoadedModel, Size, int, Delegate, str], Runtime]
"""Takes model, block, threads, requested delegate and reason; raises DelegateError to decline."""


@dataclass(frozen=True)
class BlocksPlan:
    """A photo cut into blocks, and their memory; see ``PhotoPlan``."""

    blocks: BlockPlan
    peak_memory_bytes: int

    @property
    def block(self) -> Size:
        return self.blocks.block

    @cached_property
    def grid(self) -> Size:
        return self.blocks.grid

    @property
    def work_factor(self) -> float:
        return self.blocks.overhead


class BlockPhotoRuntime:
    """A model opened for the blocks of photos of one size; see ``PhotoRuntime``."""

    photo_is_free = False
    """Blocks read what is the result of others."""

    def __init__(
        self,
        delegate: Delegate,
        opener: Opener,
        model: LoadedModel,
        task: Task,
        threads: int,
        requested: Delegate,
        reason: str,
    ) -> None:
        """Opens ``model`` for a photo.

        Raises:
            OptionsError: the memory budget is too small for any block.
            DelegateError: the processor cannot run the model.
        """
        self.plan = plan_blocks(delegate, model, task)
        self._runtime = opener(model, self.plan.block, threads, requested, reason)

    @property
    def report(self) -> RunReport:
        return self._runtime.report

    def denoise(
        self,
        photo: NDArray[Any],
        take: Take,
        progress: ProgressCallback | None,
    ) -> None:
        """Block by block; see ``PhotoRuntime.denoise``."""
        denoise_blocks(photo, take, self.plan.blocks, self._runtime, progress)

    def close(self) -> None:
        """Frees the processor's memory. Closing twice is allowed."""
        self._runtime.close()


def plan_blocks(delegate: Delegate, model: LoadedModel, task: Task) -> BlocksPlan:
    """The blocks of a photo. Raises OptionsError where the memory does not do for any."""
    row = BLOCK_COSTS[delegate]
    per_px = row.bytes_per_px(model.graph.activation_bytes_per_px)
    cost = LinearCost(row.fixed_bytes + task.held_bytes, per_px)
    budget_bytes = min(task.budget_bytes, cost.fixed_bytes + int(row.most_px * per_px))
    halo_px = model.sidecar.halo_px
    block = choose_block(task.photo, halo_px, cost, budget_bytes)
    blocks = BlockPlan(task.photo, block, halo_px)
    return BlocksPlan(blocks, cost.of(blocks))
