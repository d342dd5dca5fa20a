"""Published latencies as targets: pass or fail, and by how much."""

import math
from collections.abc import Sequence
from statistics import median

from benchmarks.record import Accelerator, Target
from benchmarks.report.published import BLOCK, PUBLISHED, SOURCE
from litedenoise_sdk.geometry import Size

PHOTO = "2432x3200"


def photo_blocks() -> int:
    """Blocks of ``BLOCK`` that cover a photo of ``PHOTO`` without overlap: 3 x 2 = 6."""
    photo, block = Size.parse(PHOTO), Size.parse(BLOCK)
    return math.ceil(photo.height / block.height) * math.ceil(photo.width / block.width)


def target_for(
    soc: str, block: str, accelerator: Accelerator, samples_us: Sequence[float]
) -> tuple[Target | None, tuple[str, ...]]:
    """The verdict on one case, and what a reader should know of it.

    Args:
        soc: ``ro.soc.model`` of the phone.
        block: ``HEIGHTxWIDTH`` that was timed.
        accelerator: what was asked for and what ran.
        samples_us: at least one latency; their median is held against the target.

    Returns:
        None where nothing is published for this chip and block, or the case is not for the NPU;
        else a target, passed only where the NPU ran every operator.
    """
    aim = next((one.latency_ms for one in PUBLISHED if one.soc == soc), None)
    if aim is None or block != BLOCK or accelerator.requested != "npu":
        return None, ()
    measured_ms = median(samples_us) / 1e3
    doubt = _not_on_npu(accelerator)
    photo_ms = photo_blocks() * measured_ms
    notes = (
        f"a {PHOTO} photo is {photo_blocks()} such blocks without overlap: {photo_ms:.0f} ms of "
        f"model time (derived, not measured), budget {photo_blocks() * aim:.0f} ms",
        *([f"does not pass: {doubt}"] if doubt else []),
    )
    passed = doubt is None and measured_ms <= aim
    # Without the NPU there is no margin to speak of: another processor was timed.
    return Target(aim, passed, None if doubt else 1 - measured_ms / aim, SOURCE), notes


def _not_on_npu(accelerator: Accelerator) -> str | None:
    if accelerator.actual != "npu":
        return (
            f"{accelerator.actual} ran it, not the NPU ({accelerator.reason or 'no reason given'})"
        )
    done, total = accelerator.accelerated_operators, accelerator.total_operators
    if done is None or total is None:
        return "the engine does not tell how many operators the NPU ran"
    if done < total:
        return f"the NPU ran {done} of {total} operators"
    return None
