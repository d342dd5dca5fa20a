"""All blocks of a photo through a runtime."""

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from numpy.typing import NDArray

from litedenoise_sdk.progress import ProgressCallback, report_progress
from litedenoise_sdk.runtime.protocol import Runtime, Take
from litedenoise_sdk.tiling import Block, BlockPlan, read_block

BLOCKS_IN_FLIGHT = 2
"""While one block is inferred, the pixels of another are converted."""


def denoise_blocks(
    photo: NDArray[Any],
    take: Take,
    plan: BlockPlan,
    runtime: Runtime,
    progress: ProgressCallback | None = None,
) -> None:
    """Denoises ``photo``, (H, W, 3), and gives each pixel to ``take`` once.

    A few blocks are in flight at a time, so that the runtime infers one while the pixels of the
    next are cut out and converted, and those of the last put in place. No more than these blocks
    is held in memory.

    Raises:
        Cancelled: ``progress`` asked to stop; only a part was taken then.
        DelegateError: the runtime failed.
    """

    def denoise_block(block: Block) -> None:
        denoised = runtime.run(read_block(photo, plan, block))
        take(block.own, denoised[block.kept.slices])

    total = len(plan.blocks)
    report_progress(progress, 0, total)
    in_flight: deque[Future[None]] = deque()
    with ThreadPoolExecutor(BLOCKS_IN_FLIGHT, "litedenoise-block") as workers:
        try:
            for started, block in enumerate(plan.blocks):
                if len(in_flight) == BLOCKS_IN_FLIGHT:
                    in_flight.popleft().result()
                    report_progress(progress, started + 1 - BLOCKS_IN_FLIGHT, total)
                in_flight.append(workers.submit(denoise_block, block))
            while in_flight:
                in_flight.popleft().result()
                report_progress(progress, total - len(in_flight), total)
        finally:
            for future in in_flight:
                future.cancel()
