"""The batch on a Ray cluster of two nodes on this machine, beside the plain batch.

    python -m benchmarks.batch.on_ray
    python -m benchmarks.batch.on_ray --kill-node --photos 24 --size 300x400

Each node has one core and one worker of one thread; the plain batch has two threads. The cluster
runs before, as a cluster would; its workers start, and open their models, within the time. With
``--kill-node`` one node is killed after the first photo, and the files must be the same still.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import ray
from ray.cluster_utils import Cluster

from benchmarks.batch.album import contents, make_album
from benchmarks.common.arguments import benchmark_parser
from benchmarks.common.stopwatch import seconds_of
from benchmarks.common.table import markdown
from benchmarks.record import results
from litedenoise_sdk.batch.cluster import run_on_ray
from litedenoise_sdk.batch.folders import LocalFolder
from litedenoise_sdk.batch.local import run_batch
from litedenoise_sdk.batch.manifest import Manifest
from litedenoise_sdk.batch.recipe import Recipe
from litedenoise_sdk.cli.arguments import block_size
from litedenoise_sdk.geometry import Size

_NODES = 2
_RECIPE = Recipe(precision="int8", threads=1)
_SOON = {"health_check_initial_delay_ms": 0, "health_check_period_ms": 500}
"""A dead node is found out within seconds; the patience with a slow one is Ray's own."""

_STARTS = 5
"""Ray gives a node 30 s to start, which can be too few where the machine is busy."""


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    with tempfile.TemporaryDirectory() as place:
        album, plain, on_ray = (Path(place, name) for name in ("in", "plain", "ray"))
        make_album(album, arguments.photos, arguments.size)
        plain_s = seconds_of(lambda: _plain(album, plain))
        with two_nodes() as cluster:
            ray_s = seconds_of(lambda: _on_ray(album, on_ray, cluster, arguments.kill_node))
        expected, found = contents(plain), contents(on_ray)
    equal = sum(found.get(name) == data for name, data in expected.items())
    overhead = ray_s / plain_s - 1
    summary = {
        "photos": arguments.photos,
        "files equal": equal,
        "plain, seconds": round(plain_s, 2),
        "Ray, seconds": round(ray_s, 2),
        "nodes killed": int(arguments.kill_node),
        "overhead": round(overhead, 3),
    }
    print(markdown(["", "value"], [[name, str(value)] for name, value in summary.items()]))
    if arguments.json:
        chosen = {**vars(arguments), "size": str(arguments.size)}
        results.save(arguments.json, "batch_on_ray", chosen, summary)
    if arguments.kill_node:
        print(f"Files equal to the plain batch's: {equal} of {arguments.photos}")
    else:
        print(f"Time beside the plain batch: {ray_s / plain_s:.3f}")
    return int(found != expected or len(expected) != arguments.photos)


@contextmanager
def two_nodes() -> Iterator[Any]:
    """A cluster on this machine: a head without cores, and two nodes with one each."""
    cluster = _started()
    try:
        ray.init(address=cluster.address, log_to_driver=False)
        yield cluster
    finally:
        ray.shutdown()
        cluster.shutdown()


def kill_a_node(cluster: Any) -> None:
    """Ends one with SIGKILL, and all its workers."""
    node = next(one for one in cluster.list_all_nodes() if one != cluster.head_node)
    cluster.remove_node(node, allow_graceful=False)


def _started(attempts: int = _STARTS) -> Any:
    cluster = Cluster()
    try:
        cluster.add_node(num_cpus=0, include_dashboard=False, _system_config=_SOON)
        for _ in range(_NODES):
            cluster.add_node(num_cpus=1)
    except Exception as error:  # Ray has no narrower one for a node that is late
        cluster.shutdown()
        if attempts == 1:
            raise
        print(f"Ray did not start, once more: {error}", file=sys.stderr)
        return _started(attempts - 1)
    return cluster


def _plain(album: Path, out: Path) -> None:
    with Manifest(out.with_name("plain.jsonl")) as manifest:
        recipe = replace(_RECIPE, threads=_NODES)
        list(run_batch(LocalFolder(album), LocalFolder(out), manifest, recipe))


def _on_ray(album: Path, out: Path, cluster: Any, with_a_kill: bool) -> None:
    with Manifest(out.with_name("ray.jsonl")) as manifest:
        records = run_on_ray(LocalFolder(album), LocalFolder(out), manifest, _RECIPE)
        next(records)
        if with_a_kill:
            kill_a_node(cluster)
        list(records)


def _parser() -> argparse.ArgumentParser:
    parser = benchmark_parser("batch.on_ray", __doc__)
    add = parser.add_argument
    add("--photos", type=int, default=6, metavar="N", help="an even number for fairness (6)")
    add("--size", type=block_size, default=Size(2448, 3264), metavar="HxW", help="(2448x3264)")
    add("--kill-node", action="store_true", help="after the first photo")
    return parser


if __name__ == "__main__":
    sys.exit(main())
