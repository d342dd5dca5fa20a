"""Holds aarch64's results against this machine's: ``python -m tests.aarch64``.

Debian's Python and the wheels for aarch64 run under QEMU (``apt install qemu-user-static``). They
are fetched once, 60 MB, into ``build/aarch64``. Fails unless int8 and int16x8 are the same to the
byte and the others within 1 of 255.
"""

import platform
import subprocess
import sys
from pathlib import Path
from typing import get_args

import numpy as np

from litedenoise_sdk.options import Precision
from tests.aarch64.system import ROOT, prepared

FOLDER = ROOT / "build/aarch64"
_PROGRAM = "tests.aarch64.results"


def main() -> int:
    system = prepared(FOLDER)
    here, there = FOLDER / "here.npz", FOLDER / "aarch64.npz"
    subprocess.run([sys.executable, "-m", _PROGRAM, str(here)], check=True, cwd=ROOT)
    system.python("-m", _PROGRAM, str(there))
    differences = compared(here, there)
    for precision, (share, most) in differences.items():
        print(f"{precision}: {share:.2%} of the values differ, by {most} of 255 at most")
    exact = all(differences[precision][1] == 0 for precision in ("int8", "int16x8"))
    return int(not exact or max(most for _, most in differences.values()) > 1)


def compared(one: Path, other: Path) -> dict[str, tuple[float, int]]:
    """For each network, the share of values that differ, and by how much at most."""
    found = {}
    with np.load(one) as first, np.load(other) as second:
        assert (second["machine"], first["machine"]) == ("aarch64", platform.machine())
        for name in get_args(Precision):
            apart = np.abs(first[name].astype(int) - second[name].astype(int))
            found[name] = float(np.mean(apart > 0)), int(apart.max())
    return found


if __name__ == "__main__":
    sys.exit(main())
