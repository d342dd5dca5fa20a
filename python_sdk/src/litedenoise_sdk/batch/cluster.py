"""A batch on a Ray cluster: the same steps and the same manifest, in workers that may die.

Workers read and write the photos themselves, so both folders must be reachable from every node: a
shared file system or a URL. The driver alone keeps the manifest.
"""

from collections import Counter, deque
from collections.abc import Generator, Iterator

import ray

from litedenoise_sdk.batch.crew import Crew
from litedenoise_sdk.batch.folders import Folder
from litedenoise_sdk.batch.manifest import Manifest, Record
from litedenoise_sdk.batch.recipe import Recipe
from litedenoise_sdk.machine import usable_cores

_LOSSES = 4
"""How many workers may die with a photo before it counts as failed."""


def run_on_ray(
    source: Folder,
    target: Folder,
    manifest: Manifest,
    recipe: Recipe,
    address: str | None = None,
    workers: int | None = None,
    *,
    overwrite: bool = False,
) -> Generator[Record | None]:
    """As ``run_batch``, on the workers of a cluster; records come in the order of completion.

    The photos of a worker that dies, alone or with its node, go to the others; another worker
    joins them when the cluster has room for it. If a worker dies between writing a result and
    reporting it, the photo is written once more, with the same bytes.

    Args:
        address: of a running cluster ("auto" for this machine's); None starts Ray here.
        workers: processes; None for as many as the cluster has room for. Each takes
            ``recipe.threads`` cores, 1 by default.
        overwrite: as for ``run_batch``.

    Raises:
        ConnectionError: there is no cluster at ``address``.
        DelegateError: workers die before their first photo, again and again.
        OutputError: the manifest cannot be written.
    """
    started_here = not ray.is_initialized()
    if started_here:
        cores = None if address else usable_cores()
        ray.init(address=address, num_cpus=cores, include_dashboard=False, log_to_driver=False)
    try:
        cores = int(ray.cluster_resources().get("CPU", 1))
        target.tidy()
        count = workers or max(1, cores // (recipe.threads or 1))
        crew = Crew(source, target, recipe, count, overwrite=overwrite)
        try:
            yield from _run(crew, source.pictures(), manifest, recipe.key)
        finally:
            crew.dismiss()
    finally:
        if started_here:
            ray.shutdown()


def _run(
    crew: Crew, names: Iterator[str], manifest: Manifest, recipe_key: str
) -> Iterator[Record | None]:
    again: deque[str] = deque()
    losses: Counter[str] = Counter()

    def following() -> str | None:
        return again.popleft() if again else next(names, None)

    while True:
        while crew.has_room and (name := following()) is not None:
            crew.give(name, manifest.records.get(name))
        if crew.has_room and not crew.is_busy:
            return
        ended = crew.wait()
        if ended is None:
            continue
        record = ended.record
        if ended.lost is not None:
            losses[ended.name] += 1
            if losses[ended.name] < _LOSSES:
                again.append(ended.name)
                continue
            reason = f"its worker died {_LOSSES} times: {ended.lost}"
            record = Record(name=ended.name, status="failed", recipe=recipe_key, reason=reason)
        if record is not None:
            manifest.add(record)
        yield record
