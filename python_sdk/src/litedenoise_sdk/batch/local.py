"""A batch on this machine: while one photo is inferred, the next is decoded, the last encoded."""

from collections import deque
from collections.abc import Generator, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

from litedenoise_sdk.batch.folders import Folder
from litedenoise_sdk.batch.manifest import Manifest, Record
from litedenoise_sdk.batch.recipe import Recipe
from litedenoise_sdk.batch.steps import Denoised, Loaded, Steps
from litedenoise_sdk.errors import OutputError

_AHEAD = 2
"""Photos decoded before their turn, and photos waiting to be written."""


def run_batch(
    source: Folder, target: Folder, manifest: Manifest, recipe: Recipe, *, overwrite: bool = False
) -> Generator[Record | None]:
    """Denoises every picture of ``source`` that is not done yet into ``target``.

    A file in ``target`` that no run of this batch wrote is kept, unless ``overwrite`` is set.

    Holds a handful of photos in memory, whatever their number. What was written is in the manifest
    before it is yielded; a run that is killed at any moment goes on with the next. One that is
    interrupted, or closed, first writes and records the photos that are denoised.

    Yields:
        A record for every photo that was worked on, None for every one that was done before.

    Raises:
        ModelError, DelegateError: no photo could be denoised.
        OutputError: the manifest cannot be written, or there is no room for results.
    """
    target.tidy()
    steps = Steps(source, target, recipe, overwrite=overwrite)
    names = source.pictures()
    loading: deque[Future[Loaded | Record | None]] = deque()
    finishing: deque[Future[Record]] = deque()

    with (
        ThreadPoolExecutor(1, "litedenoise-read") as reader,
        ThreadPoolExecutor(1, "litedenoise-write") as writer,
        recipe.open() as denoiser,
    ):

        def load_more() -> None:
            while len(loading) < _AHEAD and (name := next(names, None)) is not None:
                record = manifest.records.get(name)
                in_doubt = record is not None and record.status == "started"
                loading.append(reader.submit(steps.load, name, record, in_doubt=in_doubt))

        try:
            load_more()
            while loading and not steps.is_full:
                ended: Loaded | Denoised | Record | None = loading.popleft().result()
                load_more()
                if isinstance(ended, Loaded):
                    manifest.start(ended.name, steps.key)
                    ended = steps.denoise(ended, denoiser)
                if isinstance(ended, Denoised):
                    finishing.append(writer.submit(steps.finish, ended))
                else:
                    if ended is not None:
                        manifest.add(ended)
                    yield ended
                yield from _written(finishing, manifest, _AHEAD)
            yield from _written(finishing, manifest, 0)
        finally:
            for waiting in loading:
                waiting.cancel()
            deque(_written(finishing, manifest, 0), 0)
    if steps.is_full:
        raise OutputError("no room left for results; free some space, and run the batch again")


def _written(finishing: deque[Future[Record]], manifest: Manifest, most: int) -> Iterator[Record]:
    """Records of results that are written, and of others until at most ``most`` of them wait."""
    while len(finishing) > most or (finishing and finishing[0].done()):
        record = finishing[0].result()
        manifest.add(record)
        finishing.popleft()  # only now, as the run may be interrupted at any point before
        yield record


def plan_batch(
    source: Folder, target: Folder, records: Mapping[str, Record], recipe: Recipe
) -> Iterator[tuple[str, bool]]:
    """Every picture, and whether a run would denoise it. Reads all files, writes none."""
    steps = Steps(source, target, recipe)
    for name in source.pictures():
        yield name, not steps.is_done(name, records.get(name))
