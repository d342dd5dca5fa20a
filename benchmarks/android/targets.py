"""Published latencies as targets: pass or fail, and by how much."""

import math
from collections.abc import Sequence
from statistics import median

import numpy as np

from benchmarks.common.published import BLOCK, PUBLISHED, SOURCE
from benchmarks.record import CaseAccelerator, Target
from litedenoise_sdk.geometry import Size

PHOTO = "2432x3200"


def photo_blocks() -> int:
    """Blocks of ``BLOCK`` that cover a photo of ``PHOTO`` without overlap: 3 x 2 = 6."""
    photo, block = Size.parse(PHOTO), Size.parse(BLOCK)
    return math.ceil(photo.height / block.height) * math.ceil(photo.width / block.width)


def target_for(
    soc: str, block: str, accelerator: CaseAccelerator, samples_us: Sequence[float]
) -> tuple[Target | None, tuple[str, ...]]:
    """The verdict on one case, and what a reader should know about it.

    Args:
        soc: ``ro.soc.model`` of the phone.
        block: ``HEIGHTxWIDTH`` that was timed.
        accelerator: what was asked for and what ran.
        samples_us: at least one latency.

    Returns:
        None where nothing is published for this chip and block, or the case is not for the NPU;
        else a target, passed where the NPU ran every operator and nine of ten queries are within
        it, as MLPerf counts; the median is stated beside, as it is not said which was published.
    """
    aim = _aim(soc, block)
    if aim is None or accelerator.requested != "npu":
        return None, ()
    p90_ms = float(np.percentile(samples_us, 90)) / 1e3
    median_ms = median(samples_us) / 1e3
    doubt = _not_on_npu(accelerator)
    photo_ms = photo_blocks() * p90_ms
    notes = (
        f"p90 {p90_ms:.1f} ms and median {median_ms:.1f} ms, target {aim:.1f} ms: "
        f"{_verdict(p90_ms, aim)} by p90, {_verdict(median_ms, aim)} by the median",
        f"a {PHOTO} photo is {photo_blocks()} such blocks without overlap: {photo_ms:.0f} ms of "
        f"model time (derived, not measured), budget {photo_blocks() * aim:.0f} ms",
        *([f"does not pass: {doubt}"] if doubt else []),
    )
    passed = doubt is None and p90_ms <= aim
    # Without the NPU there is no margin: another processor was timed.
    return Target(aim, passed, None if doubt else 1 - p90_ms / aim, SOURCE), notes


def verdict_note(soc: str, block: str, p95_us: float | None, median_us: float | None) -> str | None:
    """A tool's figures against the target of this chip; None if there is no target, or a figure is
    missing."""
    aim = _aim(soc, block)
    if aim is None or p95_us is None or median_us is None:
        return None
    p95_ms, median_ms = p95_us / 1e3, median_us / 1e3
    return (
        f"p95 {p95_ms:.1f} ms and median {median_ms:.1f} ms, target {aim:.1f} ms: "
        f"{_verdict(p95_ms, aim)} by p95, {_verdict(median_ms, aim)} by the median"
    )


def _aim(soc: str, block: str) -> float | None:
    return next((one.latency_ms for one in PUBLISHED if one.soc == soc and block == BLOCK), None)


def _verdict(measured_ms: float, aim_ms: float) -> str:
    return "within" if measured_ms <= aim_ms else "missed"


def _not_on_npu(accelerator: CaseAccelerator) -> str | None:
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
