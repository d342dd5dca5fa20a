"""Fuzzes a target, guided by what its inputs reach: ``python -m tests.fuzz picture --seconds 120``.

It needs atheris, which ``make fuzz`` installs. It begins with what the target makes and what
``tests/fuzz/corpus`` holds. What is found lies in ``build/fuzz``, to be tried again with
``python -m tests.fuzz picture --again FILE``.
"""

import argparse
import contextlib
import os
import sys
from pathlib import Path

_FOUND = Path("build/fuzz")
_MOST_BYTES = 20_000
_SLOWEST_S = 20
_GUIDING = ["litedenoise_sdk", "PIL"]
"""What guides the fuzzer: the readers. To instrument all that is imported takes a minute."""


def main() -> None:
    parser = argparse.ArgumentParser(description="Fuzz what reads files.")
    parser.add_argument("target")
    parser.add_argument("--seconds", type=int, default=120, help="(%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="(%(default)s)")
    parser.add_argument("--again", type=Path, metavar="FILE", help="try this file alone")
    given = parser.parse_args()

    with contextlib.nullcontext() if given.again else _instrumented():
        from litedenoise_sdk.errors import LiteDenoiseError
        from tests.fuzz.targets import CORPUS, TARGETS

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
    import atheris

    corpus = _FOUND / given.target
    corpus.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(sound):
        (corpus / f"sound-{number}").write_bytes(data)
    options = [
        f"-max_total_time={given.seconds}",
        f"-seed={given.seed}",
        f"-max_len={_MOST_BYTES}",
        f"-timeout={_SLOWEST_S}",
        "-rss_limit_mb=2000",
        f"-artifact_prefix={_FOUND}{os.sep}{given.target}-",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus), str(CORPUS / given.target)], read)
    atheris.Fuzz()


def _instrumented() -> contextlib.AbstractContextManager[None]:
    import atheris

    instrumented: contextlib.AbstractContextManager[None] = atheris.instrument_imports(_GUIDING)
    return instrumented


if __name__ == "__main__":
    main()
