"""How much memory is available."""

import os
from contextlib import suppress
from functools import cache
from pathlib import Path

_SHARE = 4
_LEAST_BYTES, _MOST_BYTES = 256_000_000, 2_000_000_000
_UNKNOWN_BYTES = 2_048_000_000
"""Assumed to be available where the system does not say; gives a budget of 512 MB."""


@cache
def default_budget_bytes() -> int:
    """A quarter of the memory that is available when this is first asked for, in bounds.

    The same from then on, so that photos of one process are planned alike.
    """
    return min(max(available_bytes(Path("/")) // _SHARE, _LEAST_BYTES), _MOST_BYTES)


def available_bytes(root: Path) -> int:
    """Memory that this process may still take, in bytes.

    Args:
        root: where ``proc`` and ``sys`` are mounted.
    """
    found = [_of_machine(root), *_of_control_groups(root)]
    return min((known for known in found if known is not None), default=_UNKNOWN_BYTES)


def _of_machine(root: Path) -> int | None:
    with suppress(OSError, ValueError):
        for line in (root / "proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    with suppress(AttributeError, OSError, ValueError):  # not Linux: all memory there is
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return None


def _of_control_groups(root: Path) -> list[int]:
    """What the limits of the process's control groups leave, inner and outer ones."""
    left = []
    with suppress(OSError):
        for line in (root / "proc/self/cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            if controllers == "":
                base, limit, used = "sys/fs/cgroup", "memory.max", "memory.current"
            elif "memory" in controllers.split(","):
                base = "sys/fs/cgroup/memory"
                limit, used = "memory.limit_in_bytes", "memory.usage_in_bytes"
            else:
                continue
            group = root / base / path.lstrip("/")
            # Inside a container its own group is often mounted as the root of all.
            for folder in (group, *group.parents):
                with suppress(OSError, ValueError):
                    most, taken = (int((folder / name).read_text()) for name in (limit, used))
                    left.append(max(most - taken + _reclaimable(folder), 0))
                if folder == root / base:
                    break
    return left


def _reclaimable(group: Path) -> int:
    """Cached files count as used, but are dropped when memory is needed."""
    with suppress(OSError, ValueError):
        for line in (group / "memory.stat").read_text().splitlines():
            if line.startswith(("inactive_file ", "total_inactive_file ")):
                return int(line.split()[1])
    return 0
