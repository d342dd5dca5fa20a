"""Breaks every call that ``denoise`` and ``batch`` make to files, one at a time.

    python -m tests.faults
    python -m tests.faults --faults ENOSPC kill --sample 20

Linux on x86-64. At each call the process is killed, or the call fails, or is slow, or reads or
writes half of what it should. Sources must stay as they are, targets be whole or not there, nothing
be left behind, nothing end in a traceback; and the same command must complete afterwards.
"""

import argparse
import errno
import os
import random
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("LITEDENOISE_ACCELERATORS", "none")

from tests.faults.scene import COMMANDS, Scene
from tests.faults.tracer import Fault

ERRORS = ("EIO", "ENOSPC", "EDQUOT")
FAULTS = ("kill", *ERRORS, "slow", "short")


def main() -> int:
    parser = argparse.ArgumentParser(description="Break every call that touches files.")
    parser.add_argument("--commands", nargs="+", choices=COMMANDS, default=COMMANDS)
    parser.add_argument("--faults", nargs="+", choices=FAULTS, default=FAULTS)
    parser.add_argument("--sample", type=int, metavar="N", help="only so many of each command")
    parser.add_argument("--seed", type=int, default=0, help="of the sample (%(default)s)")
    given = parser.parse_args()
    tried, problems = 0, []
    for command in given.commands:
        with tempfile.TemporaryDirectory() as place:
            scene = Scene(Path(place), command)
            faults = [
                Fault(at, getattr(errno, kind) if kind in ERRORS else kind)
                for at in range(len(scene.calls))
                for kind in given.faults
            ]
            if given.sample is not None:
                faults = random.Random(given.seed).sample(faults, min(given.sample, len(faults)))
            for fault in faults:
                found = scene.problems_with(fault)
                problems += found
                print(*found, sep="\n", end="\n" if found else "", flush=True)
            tried += len(faults)
            print(f"{command}: {len(scene.calls)} calls, {len(faults)} faults", flush=True)
    print(f"{tried} faults, {len(problems)} problems")
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
