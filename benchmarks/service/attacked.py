"""The service under attack: ordinary clients beside each attack, one after the other.

    python -m benchmarks.service.attacked
    python -m benchmarks.service.attacked --attacks listeners no_http --seconds 60

Every answer that the clients get is compared with what the SDK makes of the same picture; refused
clients try again. Fails on a wrong answer, where /healthz takes more than 250 ms (p99), where
memory or disk are not back after the attacks, or where the service does not answer any more.
"""

import argparse
import os
import resource
import sys
import tempfile
from collections.abc import Sequence

import httpx
import psutil

from benchmarks.common.arguments import benchmark_parser
from benchmarks.common.table import markdown
from benchmarks.record import results
from benchmarks.service.__main__ import make_picture, serving
from benchmarks.service.attacks import ATTACKS, MOST_HELD, attacking
from benchmarks.service.load import Load, Picture, put_load, warm_up
from litedenoise_sdk import Denoiser
from litedenoise_sdk.cli.arguments import block_size
from litedenoise_sdk.geometry import Size

SLOWEST_HEALTH_MS = 250
MOST_GROWTH = 1.2
_PICTURES = 8


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    _allow_files(2 * MOST_HELD)
    sent = [make_picture(arguments.size, seed) for seed in range(_PICTURES)]
    with Denoiser("int8") as denoiser:
        pictures = [Picture(one, denoiser.denoise(one)) for one in sent]
    each_s = arguments.seconds / len(arguments.attacks)
    found: dict[str, dict[str, object]] = {}
    loads: list[Load] = []
    with tempfile.TemporaryDirectory() as folder:
        with serving(folder) as (url, process):
            warm_up(url, pictures[0])
            for name in arguments.attacks:
                with attacking(url, name, sent[0]) as victim:
                    load = put_load(url, process, pictures, arguments.clients, each_s)
                loads.append(load)
                found[name] = _row(load, victim.rounds)
                print(f"{name}: {found[name]}", file=sys.stderr, flush=True)
            after = _after(url, process, pictures)
        left = len(os.listdir(folder))
    columns = list(next(iter(found.values())))
    print(markdown(["beside", *columns], [[name, *map(str, row.values())]
                                          for name, row in found.items()]))  # fmt: skip
    if arguments.json:
        chosen = {**vars(arguments), "size": str(arguments.size), "json": None}
        results.save(arguments.json, "service_attacked", chosen, {**found, "files left": left})
    return int(bool(left) or not _held(loads, after))


def _allow_files(number: int) -> None:
    """For the attackers' connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(number, hard)), hard))


def _row(load: Load, rounds: int) -> dict[str, object]:
    first, last = load.memory_at_ends_mb()
    return {
        "rounds": rounds,
        "answers": dict(load.statuses),
        "closed without one": load.broken,
        "wrong answers": load.wrong,
        "healthz p99, ms": round(load.health_p99_ms(), 1),
        "healthz refused": load.health_refused,
        "memory, MB": f"{first:.0f} to {last:.0f}",
        "disk, MB": f"{load.disk_mb[0]:.0f} to {load.disk_mb[-1]:.0f}",
    }


def _after(url: str, process: psutil.Process, pictures: Sequence[Picture]) -> Load:
    """One photo when all attacks are over. Raises httpx.HTTPError if it is not answered."""
    httpx.get(f"{url}/healthz", timeout=60).raise_for_status()
    return put_load(url, process, pictures, 1, 0)


def _held(loads: Sequence[Load], after: Load) -> bool:
    """Whether nothing was wrong, slow, or kept."""
    wrong = sum(load.wrong for load in (*loads, after))
    slow = max(load.health_p99_ms() for load in loads) > SLOWEST_HEALTH_MS
    kept = max(after.memory_mb) > MOST_GROWTH * max(loads[0].memory_mb)
    return not wrong and not slow and not kept and after.statuses[200] == 1


def _parser() -> argparse.ArgumentParser:
    parser = benchmark_parser("service.attacked", __doc__)
    parser.add_argument("--clients", type=int, default=32, metavar="N")
    parser.add_argument("--seconds", type=float, default=600, help="of all attacks together")
    parser.add_argument("--attacks", nargs="+", choices=ATTACKS, default=list(ATTACKS))
    parser.add_argument("--size", type=block_size, default=Size(96, 128), metavar="HxW")
    return parser


if __name__ == "__main__":
    sys.exit(main())
