"""Tries numbered cases of damage, each of which must be refused with our own error or do no harm.

Case N is the same at every run. A part of the cases is tried in one process; where that ends early,
as by an abort of native code, the case that it was at is told, and another process goes on behind
it.
"""

import argparse
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

LIMIT_S = 5.0
LIMIT_BYTES = 200_000_000

Attempt = Callable[[int], bool]
"""Tries the case of a number; whether it worked. Raises what is not our own error."""


def try_cases(first: int, stop: int, attempt: Attempt) -> None:
    """Tries cases in this process and prints what is wrong with each, and how many worked."""
    worked = 0
    for number in range(first, stop):
        print(f"case {number}", flush=True)
        before, started = _peak_bytes(), time.process_time()
        try:
            worked += attempt(number)
        except Exception as error:  # each of them is a finding
            print(f"wrong {number}: {type(error).__name__}: {error}", flush=True)
        if time.process_time() - started > LIMIT_S:
            print(f"wrong {number}: {time.process_time() - started:.1f} s", flush=True)
        if _peak_bytes() - before > LIMIT_BYTES:
            print(f"wrong {number}: {(_peak_bytes() - before) / 1e6:.0f} MB", flush=True)
    print(f"worked {worked}", flush=True)


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def sweep(
    module: str, first: int, count: int, options: Sequence[str] = ()
) -> tuple[list[str], int]:
    """Tries cases in processes of their own.

    Args:
        module: whose command line takes ``options`` and those of ``run``.

    Returns:
        What is wrong, and how many cases worked in spite of their damage.
    """
    wrong: list[str] = []
    worked, stop = 0, first + count
    while first < stop:
        command = [sys.executable, "-m", module, *options]
        command += ["--first", str(first), "--count", str(stop - first), "--here"]
        root = Path(__file__).parents[1]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False, cwd=root)
        lines = done.stdout.splitlines()
        wrong += [line for line in lines if line.startswith("wrong")]
        worked += sum(int(line.split()[1]) for line in lines if line.startswith("worked"))
        tried = [int(line.split()[1]) for line in lines if line.startswith("case")]
        first = max(tried, default=stop) + 1
        if done.returncode:
            wrong.append(f"wrong {first - 1}: the process ended with {done.returncode}")
    return wrong, worked


def run(
    module: str,
    parser: argparse.ArgumentParser,
    options_of: Callable[[argparse.Namespace], list[str]],
    attempt_of: Callable[[argparse.Namespace], Attempt],
) -> None:
    """The command line of a sweep. Exits with 1 where something is wrong.

    Args:
        module: of the command itself.
        parser: has its further options.
        options_of: what of the arguments goes to the processes that try cases.
        attempt_of: makes what tries a case.
    """
    parser.add_argument("--count", type=int, default=5000, help="cases (%(default)s)")
    parser.add_argument("--first", type=int, default=0, help="number of the first (%(default)s)")
    parser.add_argument("--here", action="store_true", help="in this process")
    given = parser.parse_args()
    if given.here:
        try_cases(given.first, given.first + given.count, attempt_of(given))
        return
    wrong, worked = sweep(module, given.first, given.count, options_of(given))
    print(*wrong, sep="\n", end="\n" if wrong else "")
    print(f"{given.count} cases, {worked} worked, {len(wrong)} wrong")
    sys.exit(bool(wrong))


def flipped(rng: random.Random, sound: bytes) -> bytes:
    """Some bits changed."""
    changed = bytearray(sound)
    for _ in range(rng.randint(1, 6)):
        changed[rng.randrange(len(changed))] ^= rng.randint(1, 255)
    return bytes(changed)


def cut(rng: random.Random, sound: bytes) -> bytes:
    """A piece taken out, or all from a place on."""
    start = rng.randrange(len(sound))
    return sound[:start] + sound[start + rng.choice((4, 64, len(sound))) :]
