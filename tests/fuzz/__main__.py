"""Fuzzes a target, guided by what its inputs reach: ``python -m tests.fuzz picture --seconds 120``.

It needs atheris, which ``make fuzz`` installs. It begins with what the target makes and what
``tests/fuzz/corpus`` holds, goes on until it has taken so much processor time, and says how much
that was and how many inputs it tried. What is found lies in ``build/fuzz``, to be tried again with
``python -m tests.fuzz picture --again FILE``. Without a target it prints the names of all.
"""

import argparse
import contextlib
import math
import mmap
import os
import sys
from collections.abc import Callable
from pathlib import Path

_FOUND = Path("build/fuzz")
_MOST_BYTES = 20_000
_SLOWEST_S = 20
_MOST_RUNS = 100_000
"""Of one process: with the fuzzer they grow by kilobytes an input (without it, the same inputs
leave no memory behind), which libFuzzer takes for a finding in the end."""
_GUIDING = ["litedenoise_sdk", "PIL"]
"""What guides the fuzzer: the readers. To instrument all that is imported takes a minute."""


def main() -> None:
    parser = argparse.ArgumentParser(description="Fuzz what reads files.")
    parser.add_argument("target", nargs="?")
    parser.add_argument("--seconds", type=int, default=120, help="of processor time (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="(%(default)s)")
    parser.add_argument("--again", type=Path, metavar="FILE", help="try this file alone")
    given = parser.parse_args()

    is_run = given.target and not given.again
    with _instrumented() if is_run else contextlib.nullcontext():
        from litedenoise_sdk.errors import LiteDenoiseError
        from tests.fuzz.targets import TARGETS

        if given.target is None:
            print(*TARGETS)
            return
        if given.target not in TARGETS:
            parser.error(f"expected one of {', '.join(TARGETS)}; got {given.target}")
        target = TARGETS[given.target]
        sound = target.corpus()
        for data in sound:
            target.read(data)  # imports the rest

    def read(data: bytes) -> None:
        with contextlib.suppress(LiteDenoiseError):
            target.read(data)

    if given.again:
        read(given.again.read_bytes())
        return
    corpus = _FOUND / given.target
    corpus.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(sound):
        (corpus / f"sound-{number}").write_bytes(data)
    sys.exit(_rounds(given.target, read, given.seconds, given.seed))


def _rounds(name: str, read: Callable[[bytes], None], seconds: int, seed: int) -> int:
    """Fuzzes in one process after the other, until they have taken their time.

    Returns:
        The exit code: 0, or that of the round that found something.
    """
    runs = mmap.mmap(-1, 8)  # shared with the rounds

    def counted(data: bytes) -> None:
        runs[:] = (int.from_bytes(runs[:], "little") + 1).to_bytes(8, "little")
        read(data)

    code, taken_s = 0, 0.0
    while code == 0 and taken_s < seconds:
        child = os.fork()
        if child == 0:
            _fuzz(name, counted, math.ceil(seconds - taken_s), seed)
        _, status, usage = os.wait4(child, 0)
        code = os.waitstatus_to_exitcode(status)
        taken_s += usage.ru_utime + usage.ru_stime
        seed += 1
    tried = int.from_bytes(runs[:], "little")
    found = "nothing found" if code == 0 else f"a finding: see {_FOUND}"
    print(f"{name}: {tried:,} inputs in {taken_s:.0f} s of processor time, {found}", flush=True)
    return code


def _fuzz(name: str, read: Callable[[bytes], None], seconds: int, seed: int) -> None:
    """Never returns."""
    import atheris

    from tests.fuzz.targets import CORPUS

    options = [
        f"-max_total_time={seconds}",
        f"-runs={_MOST_RUNS}",
        f"-seed={seed}",
        f"-max_len={_MOST_BYTES}",
        f"-timeout={_SLOWEST_S}",
        "-rss_limit_mb=2000",
        f"-artifact_prefix={_FOUND}{os.sep}{name}-",
    ]
    atheris.Setup([sys.argv[0], *options, str(_FOUND / name), str(CORPUS / name)], read)
    atheris.Fuzz()


def _instrumented() -> contextlib.AbstractContextManager[None]:
    import atheris

    instrumented: contextlib.AbstractContextManager[None] = atheris.instrument_imports(_GUIDING)
    return instrumented


if __name__ == "__main__":
    main()
