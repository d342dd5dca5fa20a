"""Progress on a photo, and how the caller stops it."""

from collections.abc import Callable
from dataclasses import dataclass

from litedenoise_sdk.errors import Cancelled


@dataclass(frozen=True, slots=True)
class Progress:
    """How many blocks are finished, and of how many."""

    done_blocks: int
    total_blocks: int


ProgressCallback = Callable[[Progress], object]
"""Called in the caller's own thread, before the first block and after every one. Returning False
cancels; anything else, None included, goes on."""


def report_progress(callback: ProgressCallback | None, done: int, total: int) -> None:
    """Tells the callback.

    Raises:
        Cancelled: it returned False.
    """
    if callback is not None and callback(Progress(done, total)) is False:
        raise Cancelled(f"cancelled by the progress callback after {done} of {total} blocks")
