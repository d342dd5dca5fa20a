"""A sample of the faults; ``make faults`` tries all of them."""

import platform
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"),
    reason="registers and numbers of calls are those of Linux on x86-64",
)
def test_faults_cost_no_photo() -> None:
    command = [sys.executable, "-m", "tests.faults", "--sample", "6", "--seed", "3"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("12 faults, 0 problems\n")
