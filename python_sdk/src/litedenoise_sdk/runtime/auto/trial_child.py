"""The process that ``try_delegate`` starts: runs one block on the CPU and on another processor."""

import sys
import time
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.errors import LiteDenoiseError
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.load import LoadedModel
from litedenoise_sdk.options import Delegate
from litedenoise_sdk.runtime.auto.agreement import TOLERANCES, compare_residuals, noisy_block
from litedenoise_sdk.runtime.auto.isolated import announce, received
from litedenoise_sdk.runtime.auto.trial import PHOTO, Trial
from litedenoise_sdk.runtime.cpu.runtime import LiteRtCpuRuntime
from litedenoise_sdk.runtime.openers import PLANNERS, RUNTIMES
from litedenoise_sdk.runtime.protocol import Runtime, Task

_RUNS = 3

_PHOTO_BYTES = 512_000_000
"""The memory in which a photo would be denoised."""


def measure(model: LoadedModel, delegate: Delegate, block: Size, threads: int) -> Trial:
    """Compares a processor with the CPU on one noisy block, and times both.

    Raises:
        LiteDenoiseError: the processor cannot run the model.
    """
    noisy = noisy_block(block)
    runtime = RUNTIMES[delegate](model, block, threads, delegate, "tried")
    result, seconds = _run(runtime, noisy)
    report = runtime.report
    runtime.close()
    cpu = LiteRtCpuRuntime(model, block, threads, "cpu", "compared with")
    reference, cpu_seconds = _run(cpu, noisy)
    agreement = compare_residuals(noisy, reference, result)
    agrees = agreement.within(TOLERANCES[report.precision])
    found = report.reason.removeprefix("tried").removeprefix("; ")
    verdict = "agrees with the CPU" if agrees else "does not compute what the CPU does"
    photo = Task(PHOTO, 1, _PHOTO_BYTES, 0)
    return Trial(
        delegate,
        agrees,
        f"{delegate} {verdict} ({agreement}){': ' if found else ''}{found}",
        seconds,
        cpu_seconds,
        agreement.agreement_db,
        report.accelerated_operators,
        report.total_operators,
        PLANNERS[delegate](model, photo).work_factor,
        PLANNERS["cpu"](model, photo).work_factor / cpu.plan.work_factor,
    )


def _run(runtime: Runtime, noisy: NDArray[np.float32]) -> tuple[NDArray[Any], float]:
    """The result, and the shortest of several timed runs after one that warms up."""
    result = runtime.run(noisy)
    times = []
    for _ in range(_RUNS):
        started = time.perf_counter()
        runtime.run(noisy)
        times.append(time.perf_counter() - started)
        if times[0] > 2:
            break  # slow enough to be sure after one run
    return result, min(times)


def main(delegate: Delegate, height: str, width: str, threads: str) -> None:
    with suppress(ImportError, OSError):  # not on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash leaves no core file
    try:
        trial = measure(received(), delegate, Size(int(height), int(width)), int(threads))
    except LiteDenoiseError as error:
        trial = Trial(delegate, False, str(error))
    announce(trial)


if __name__ == "__main__":
    main(*sys.argv[1:])  # type: ignore[arg-type]  # the parent passes a delegate
