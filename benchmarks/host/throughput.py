"""Speed of the SDK over that of bare LiteRT, first photo and following ones, side by side.

    python -m benchmarks.host.throughput
    python -m benchmarks.host.throughput --precisions int8 --megapixels 8 24 --max-memory-mb 512

Each round runs in a new process. It times the bare interpreter on 512x512 blocks without any
halo, then the first photo of a ``Denoiser``, opening included, then the interpreter, another photo
of the same size, and the interpreter again. Each photo is compared with what the interpreter did
right before and after it, so that a machine that slows down does not distort the ratios; the table
has their medians. On a machine that does other work, too, those of processor time tell more than
those of time. With 8 megapixels and one precision it takes a minute or two on two cores.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from itertools import pairwise, product
from statistics import mean, median
from time import perf_counter, process_time
from typing import get_args

from benchmarks.common.arguments import benchmark_parser
from benchmarks.common.child import run_child
from benchmarks.common.photo import synthetic_photo
from benchmarks.common.table import markdown
from benchmarks.host.engines import LiteRt, network_input
from benchmarks.host.rounds import log_to_stderr
from litedenoise_sdk import Denoiser
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.machine import usable_cores
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.options import Precision

_BLOCK = Size(512, 512)
_ASPECT = 1.5
_BARE_SECONDS = 1.5


def measure(precision: Precision, megapixels: float, max_memory_mb: int | None) -> dict[str, float]:
    """One round: megapixels per second of the bare interpreter, and the SDK's speed over it, in
    time and in processor time."""
    height = round((megapixels * 1e6 / _ASPECT) ** 0.5)
    photo = synthetic_photo(height, round(height * _ASPECT))
    model = load_released(precision)
    engine = LiteRt(model, _BLOCK, usable_cores())
    engine.put(network_input(synthetic_photo(_BLOCK.height, _BLOCK.width), model))
    engine.invoke()
    bares, spent = [_bare(engine)], []
    with Denoiser(precision, "cpu", max_memory_mb=max_memory_mb) as denoiser:
        for _ in ("first", "following"):
            photo[0, 0, 0] ^= 1  # the last result of a small photo is cached
            started = _Clock()
            denoiser.denoise(photo)
            spent.append(started.spent())
            bares.append(_bare(engine))
        work_factor = denoiser.plan(photo.shape[1], photo.shape[0]).work_factor
    pixels = photo.shape[0] * photo.shape[1] / 1e6
    (first, cpu_first), (following, cpu_following) = (
        [pixels * mean(bare) / own for own, *bare in zip(one, *around, strict=True)]
        for one, around in zip(spent, pairwise(bares), strict=True)
    )
    return {
        "bare": 1 / mean(seconds for seconds, _ in bares),
        "first": first,
        "following": following,
        "cpu_first": cpu_first,
        "cpu_following": cpu_following,
        "work_factor": work_factor,
    }


class _Clock:
    """Measures time and processor time from now on."""

    def __init__(self) -> None:
        self._started = perf_counter(), process_time()

    def spent(self) -> tuple[float, float]:
        """Seconds, and seconds of processors."""
        started, cpu_started = self._started
        return perf_counter() - started, process_time() - cpu_started


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    if arguments.child:
        print(json.dumps(measure(**json.loads(arguments.child))))
        return 0
    rows = []
    for precision, megapixels, limit in product(
        arguments.precisions, arguments.megapixels, arguments.max_memory_mb
    ):
        case = {"precision": precision, "megapixels": megapixels, "max_memory_mb": limit}
        rounds = []
        for number in range(1, arguments.rounds + 1):
            rounds.append(_round(case))
            found = ", ".join(f"{key} {value:.2f}" for key, value in rounds[-1].items())
            name = f"{precision}, {megapixels:g} MP, round {number} of {arguments.rounds}"
            log_to_stderr(f"{name}: {found}")
        middle = {key: median(one[key] for one in rounds) for key in rounds[0]}
        rows.append([precision, megapixels, limit or "default", *middle.values()])
    header = [
        "precision", "MP", "limit MB", "bare MP/s", "first", "following", "first, CPU",
        "following, CPU", "work factor",
    ]  # fmt: skip
    print(markdown(header, rows))
    return 0


def _bare(engine: LiteRt) -> tuple[float, float]:
    """Seconds, and seconds of processors, for each megapixel."""
    clock, blocks = _Clock(), 0
    while clock.spent()[0] < _BARE_SECONDS:
        engine.invoke()
        blocks += 1
    seconds, cpu_seconds = clock.spent()
    megapixels = blocks * _BLOCK.area / 1e6
    return seconds / megapixels, cpu_seconds / megapixels


def _round(case: dict[str, object]) -> dict[str, float]:
    found: dict[str, float] = run_child("benchmarks.host.throughput", "--child", json.dumps(case))
    return found


def _parser() -> argparse.ArgumentParser:
    parser = benchmark_parser("host.throughput", __doc__, saves=False)
    parser.add_argument(
        "--precisions", nargs="+", choices=get_args(Precision), default=["fp32", "int8"]
    )
    parser.add_argument("--megapixels", type=float, nargs="+", default=[8], metavar="MP")
    parser.add_argument("--max-memory-mb", type=int, nargs="+", default=[None], metavar="MB")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
