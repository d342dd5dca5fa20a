"""Fuzzes a target, guided by what its inputs reach: ``python -m tests.fuzz picture --seconds 120``.

It needs atheris, which ``make fuzz`` installs. What is found lies in ``build/fuzz``, to be tried
again with ``python -m tests.fuzz picture --again FILE``.
"""

import argparse
import contextlib
import os
import sys
from pathlib import Path

from litedenoise_sdk.errors import LiteDenoiseError
from tests.fuzz.targets import TARGETS

_FOUND = Path("build/fuzz")
_MOST_BYTES = 20_000
_SLOWEST_S = 20


def main() -> None:
    parser = argparse.ArgumentParser(description="Fuzz what reads files.")
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=120, help="(%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="(%(default)s)")
    parser.add_argument("--again", type=Path, metavar="FILE", help="try this file alone")
    given = parser.parse_args()
    target = TARGETS[given.target]

    def read(data: bytes) -> None:
        with contextlib.suppress(LiteDenoiseError):
            target.read(data)

    if given.again:
        read(given.again.read_bytes())
        return
    import atheris

    corpus = _FOUND / given.target
    corpus.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(target.corpus()):
        (corpus / f"sound-{number}").write_bytes(data)
    atheris.instrument_all()
    options = [
        f"-max_total_time={given.seconds}",
        f"-seed={given.seed}",
        f"-max_len={_MOST_BYTES}",
        f"-timeout={_SLOWEST_S}",
        "-rss_limit_mb=2000",
        f"-artifact_prefix={_FOUND}{os.sep}{given.target}-",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], read)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
