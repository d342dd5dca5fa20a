"""One photo in a process of its own; prints its peak memory and time as JSON.

Started by ``benchmarks.memory``; imports nothing but what a user of the SDK would.
"""

import json
import sys
import time
from pathlib import Path

from benchmarks.common.photo import synthetic_photo
from litedenoise_sdk import Denoiser, Progress


def main() -> None:
    options = json.loads(sys.argv[1])
    photo = synthetic_photo(options["height"], options["width"])
    first_block_at = 0.0

    def note_start(progress: Progress) -> None:
        nonlocal first_block_at
        if progress.done_blocks == 0:
            first_block_at = time.perf_counter()

    with Denoiser(
        precision=options["precision"],
        delegate="cpu",
        max_memory_mb=options["max_memory_mb"],
    ) as denoiser:
        plan = denoiser.plan(width=options["width"], height=options["height"])
        result = denoiser.denoise(photo, progress=note_start)
        seconds = time.perf_counter() - first_block_at
    print(
        json.dumps(
            {
                "peak_bytes_beyond_arrays": peak_bytes() - photo.nbytes - result.nbytes,
                "planned_bytes": plan.peak_memory_bytes,
                "block": str(plan.block),
                "blocks": plan.blocks,
                "work_factor": plan.work_factor,
                "seconds": seconds,
            }
        )
    )


def peak_bytes() -> int:
    """Peak resident memory of this process."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    except OSError:  # not on Linux
        import resource  # not on Windows

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
    # Not ru_maxrss: on Linux that starts at what the parent process had.
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


if __name__ == "__main__":
    main()
