"""The service under load: speed beside the SDK's own, answers, /healthz, memory, files left.

    python -m benchmarks.service --clients 8
    python -m benchmarks.service --clients 32 --seconds 120

Starts ``litedenoise serve`` in a process of its own with an empty folder for temporary files, and
compares every answer with what the SDK makes of the same picture, PNG in to PNG out. The SDK is
timed before and after the load, and its model is open by then, as is the service's.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO

import psutil

from benchmarks.common.arguments import benchmark_parser
from benchmarks.common.photo import synthetic_photo
from benchmarks.common.stopwatch import seconds_of
from benchmarks.common.table import markdown
from benchmarks.record import results
from benchmarks.service.load import Load, Picture, put_load, warm_up
from litedenoise_sdk import Denoiser
from litedenoise_sdk.cli.arguments import block_size
from litedenoise_sdk.geometry import Size

_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
_PICTURES = 8
"""More than two: the SDK caches the last one, so none may come twice in a row."""


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    pictures = [make_picture(arguments.size, seed) for seed in range(_PICTURES)]
    with Denoiser("int8") as denoiser:
        answers = [denoiser.denoise(picture) for picture in pictures]
        work = [Picture(sent, answer) for sent, answer in zip(pictures, answers, strict=True)]

        def alone() -> float:
            return seconds_of(lambda: [denoiser.denoise(picture) for picture in pictures])

        seconds = alone()
        with tempfile.TemporaryDirectory() as folder:
            with serving(folder) as (url, process):
                warm_up(url, work[0])
                load = put_load(url, process, work, arguments.clients, arguments.seconds)
            left = len(os.listdir(folder))
        seconds += alone()
    speed_alone = 2 * _PICTURES * arguments.size.area / 1e6 / seconds
    found = summary(load, arguments.size, speed_alone, left)
    print(markdown(["", "value"], [[name, str(value)] for name, value in found.items()]))
    if arguments.json:
        chosen = {
            "clients": arguments.clients,
            "seconds": arguments.seconds,
            "size": str(arguments.size),
        }
        results.save(arguments.json, "service", chosen, found)
    print(f"Ratio to the SDK alone: {found['ratio']}")
    return int(load.wrong > 0 or not set(load.statuses) <= {200, 429} or left > 0)


def make_picture(size: Size, seed: int) -> bytes:
    """A synthetic photo as PNG."""
    from PIL import Image

    file = BytesIO()
    photo = synthetic_photo(size.height, size.width, seed)
    Image.fromarray(photo).save(file, "PNG", compress_level=1)
    return file.getvalue()


@contextmanager
def serving(folder: str) -> Iterator[tuple[str, psutil.Process]]:
    """The service on a free port with temporary files in ``folder``: its address and process."""
    command = [sys.executable, "-m", "litedenoise_sdk.cli.main", "serve", "--port", "0"]
    environment = {**os.environ, "TMPDIR": folder}
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if found := _ADDRESS.search(line):
                break
        else:
            raise RuntimeError(f"the service ended with {process.wait()} before it listened")
        threading.Thread(target=process.stderr.read, daemon=True).start()
        try:
            yield found.group(), psutil.Process(process.pid)
        finally:
            process.terminate()


def summary(load: Load, size: Size, alone: float, left: int) -> dict[str, object]:
    """What is printed and saved; ``alone`` is the SDK's own speed in megapixels per second."""
    speed = load.statuses[200] * size.area / 1e6 / load.seconds
    first, last = load.memory_at_ends_mb()
    return {
        "megapixels per second": round(speed, 3),
        "the SDK alone": round(alone, 3),
        "ratio": round(speed / alone, 3),
        "answers": dict(load.statuses),
        "wrong answers": load.wrong,
        "healthz p99, ms": round(load.health_p99_ms(), 1),
        "memory, first quarter, MB": round(first),
        "memory, last quarter, MB": round(last),
        "memory, last to first": round(last / first, 3),
        "files left": left,
    }


def _parser() -> argparse.ArgumentParser:
    parser = benchmark_parser("service", __doc__)
    parser.add_argument("--clients", type=int, default=8, metavar="N")
    parser.add_argument("--seconds", type=float, default=60, help="no request starts later")
    parser.add_argument("--size", type=block_size, default=Size(768, 1024), metavar="HxW")
    return parser


if __name__ == "__main__":
    sys.exit(main())
