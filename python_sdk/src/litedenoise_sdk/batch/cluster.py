"""A batch on a Ray cluster: the same steps and the same manifest, in workers that may die.

Workers read and write the photos themselves, so both folders must be reachable from every node: a
shared file system or a URL. The driver alone keeps the manifest.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import ray
from ray.exceptions import RayActorError

from litedenoise_sdk.batch.folders import Folder
from litedenoise_sdk.batch.manifest import Manifest, Record
from litedenoise_sdk.batch.recipe import Recipe
from litedenoise_sdk.batch.steps import Steps
from litedenoise_sdk.engine import usable_cores

_QUEUED = 2
"""Photos sent to a worker ahead, so that it never waits for the driver."""

_RETRIES = 3
"""How often a photo may lose its worker before it counts as failed."""


class Worker:
    """One network in a process of its own, on any node."""

    def __init__(self, source: Folder, target: Folder, recipe: Recipe) -> None:
        self._steps = Steps(source, target, recipe)
        self._denoiser = recipe.open()

    def denoise(self, name: str, previous: Record | None) -> Record | None:
        return self._steps.all(name, previous, self._denoiser)


def run_on_ray(
    source: Folder,
    target: Folder,
    manifest: Manifest,
    recipe: Recipe,
    address: str | None = None,
    workers: int | None = None,
) -> Iterator[Record | None]:
    """As ``run_batch``, on the workers of a cluster; records come in the order of completion.

    A worker that dies is replaced and its photos are given out again. One that died between
    writing a result and reporting it has its photo written once more, with the same bytes.

    Args:
        address: of a running cluster ("auto" for this machine's); None starts Ray here.
        workers: processes; None for as many as the cluster has room for. Each takes
            ``recipe.threads`` cores, 1 by default.

    Raises:
        ConnectionError: there is no cluster at ``address``.
        OutputError: the manifest cannot be written.
    """
    started_here = not ray.is_initialized()
    if started_here:
        cores = None if address else usable_cores()
        ray.init(address=address, num_cpus=cores, include_dashboard=False, log_to_driver=False)
    try:
        yield from _run(source, target, manifest, recipe, workers)
    finally:
        if started_here:
            ray.shutdown()


def _run(
    source: Folder, target: Folder, manifest: Manifest, recipe: Recipe, workers: int | None
) -> Iterator[Record | None]:
    threads = recipe.threads or 1
    count = workers or max(1, int(ray.cluster_resources().get("CPU", 1)) // threads)
    actor: Any = ray.remote(num_cpus=threads, max_restarts=-1, max_task_retries=_RETRIES)(Worker)
    target.tidy()
    pool = [actor.remote(source, target, replace(recipe, threads=threads)) for _ in range(count)]
    names = source.pictures()
    given: dict[Any, tuple[str, Any]] = {}

    def give(one: Any) -> None:
        name = next(names, None)
        if name is not None:
            given[one.denoise.remote(name, manifest.records.get(name))] = name, one

    for _ in range(_QUEUED):
        for one in pool:
            give(one)
    while given:
        (ready, *_), _ = ray.wait(list(given))
        name, one = given.pop(ready)
        give(one)
        try:
            record: Record | None = ray.get(ready)
        except RayActorError as error:
            reason = f"its worker died {_RETRIES + 1} times: {error}"
            record = Record(name=name, status="failed", recipe=recipe.key, reason=reason)
        if record is not None:
            manifest.add(record)
        yield record
