"""The processor that this process runs on."""

import os
import platform
from contextlib import suppress
from pathlib import Path


def usable_cores() -> int:
    """How many CPU cores this process may run on."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS and Windows do not bind processes to cores
        return os.cpu_count() or 1


def processor_name() -> str:
    """The processor's name if the system tells it, otherwise its architecture."""
    with suppress(OSError):  # Linux
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
