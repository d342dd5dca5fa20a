"""How much memory is taken where nobody says."""

from pathlib import Path

import pytest

from litedenoise_sdk import Denoiser
from litedenoise_sdk.memory_budget import available_bytes, default_budget_bytes

GB = 1 << 30


def write(root: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    return root


MEMINFO = {"proc/meminfo": f"MemTotal: {32 << 20} kB\nMemAvailable: {8 << 20} kB\n"}


def test_without_limits_it_is_what_the_machine_has(tmp_path: Path) -> None:
    assert available_bytes(write(tmp_path, MEMINFO)) == 8 * GB


def test_a_container_has_what_its_limit_leaves(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            **MEMINFO,
            "proc/self/cgroup": "0::/app/worker\n",
            "sys/fs/cgroup/app/worker/memory.max": "max\n",
            "sys/fs/cgroup/app/worker/memory.current": "1000\n",
            "sys/fs/cgroup/app/memory.max": f"{2 * GB}\n",
            "sys/fs/cgroup/app/memory.current": f"{GB}\n",
            "sys/fs/cgroup/app/memory.stat": "anon 5\ninactive_file 300\n",
        },
    )
    assert available_bytes(root) == GB + 300


def test_a_group_that_is_mounted_as_the_root(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            **MEMINFO,
            "proc/self/cgroup": "0::/somewhere/outside\n",
            "sys/fs/cgroup/memory.max": f"{GB}\n",
            "sys/fs/cgroup/memory.current": "24\n",
        },
    )
    assert available_bytes(root) == GB - 24


def test_the_older_kind_of_groups(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            **MEMINFO,
            "proc/self/cgroup": "5:cpu:/\n4:memory:/app\n",
            "sys/fs/cgroup/memory/app/memory.limit_in_bytes": f"{GB}\n",
            "sys/fs/cgroup/memory/app/memory.usage_in_bytes": f"{2 * GB}\n",
        },
    )
    assert available_bytes(root) == 0


@pytest.mark.parametrize(
    ("available", "budget"),
    [(0, 256_000_000), (2_000_000_000, 500_000_000), (64 * GB, 2_000_000_000)],
)
def test_a_quarter_in_bounds(monkeypatch: pytest.MonkeyPatch, available: int, budget: int) -> None:
    monkeypatch.setattr("litedenoise_sdk.memory_budget.available_bytes", lambda _: available)
    assert default_budget_bytes.__wrapped__() == budget


def test_plans_tell_the_budget() -> None:
    assert Denoiser("int8").plan(640, 480).max_memory_bytes == default_budget_bytes()
    assert Denoiser("int8", max_memory_mb=300).plan(640, 480).max_memory_bytes == 300_000_000
