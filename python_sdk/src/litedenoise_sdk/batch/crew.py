"""Workers on a Ray cluster, and the photos that each has at the moment."""

from dataclasses import dataclass, replace
from typing import Any

import ray
from ray.exceptions import RayActorError

from litedenoise_sdk.batch.folders import Folder
from litedenoise_sdk.batch.manifest import Record
from litedenoise_sdk.batch.recipe import Recipe
from litedenoise_sdk.batch.steps import Steps
from litedenoise_sdk.errors import DelegateError

_QUEUED = 2
"""Photos that a worker holds at a time, so that it never waits for the driver."""

_STARTS = 4
"""How many workers may die in a row before their first photo."""


class Worker:
    """One network in a process of its own, on any node."""

    def __init__(
        self, source: Folder, target: Folder, recipe: Recipe, *, overwrite: bool = False
    ) -> None:
        self._steps = Steps(source, target, recipe, overwrite=overwrite)
        self._denoiser = recipe.open()

    def is_there(self) -> bool:
        return True

    def denoise(self, name: str, previous: Record | None) -> Record | None:
        return self._steps.all(name, previous, self._denoiser)


@dataclass(slots=True, eq=False)
class _Member:
    """A worker. Ray may make it wait for a free slot, so it gets photos once it runs."""

    actor: Any
    photos: int = 0
    is_there: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """A photo that left its worker.

    Attributes:
        name: of the photo.
        record: what the worker reports; None if there was nothing to do.
        lost: why its worker died without finishing it; None if it did not die.
    """

    name: str
    record: Record | None
    lost: str | None


class Crew:
    """Up to ``count`` workers. Another one is asked for when one dies.

    Args:
        recipe: names the threads of each worker, which are the cores that it takes.
        overwrite: as for ``Steps``.
    """

    def __init__(
        self,
        source: Folder,
        target: Folder,
        recipe: Recipe,
        count: int,
        *,
        overwrite: bool = False,
    ) -> None:
        threads = recipe.threads or 1
        self._class: Any = ray.remote(num_cpus=threads)(Worker)
        self._arguments = source, target, replace(recipe, threads=threads)
        self._overwrite = overwrite
        self._members: list[_Member] = []
        self._awaited: dict[Any, tuple[str | None, _Member]] = {}
        self._failed_starts = 0
        for _ in range(count):
            self._start()

    @property
    def has_room(self) -> bool:
        """Whether a worker can be given another photo."""
        return any(one.is_there and one.photos < _QUEUED for one in self._members)

    @property
    def is_busy(self) -> bool:
        """Whether photos are with workers, be these alive or not."""
        return any(name is not None for name, _ in self._awaited.values())

    def give(self, name: str, previous: Record | None) -> None:
        """Gives a photo to the worker with the fewest; one must have room."""
        there = [one for one in self._members if one.is_there]
        member = min(there, key=lambda one: one.photos)
        member.photos += 1
        self._awaited[member.actor.denoise.remote(name, previous)] = name, member

    def wait(self) -> Ended | None:
        """Waits until a photo leaves its worker, or something else happens: then None.

        Raises:
            DelegateError: no worker is left, and those that follow die as they start.
        """
        (ready, *_), _ = ray.wait(list(self._awaited))
        name, member = self._awaited.pop(ready)
        try:
            answer = ray.get(ready)
        except RayActorError as error:
            self._replace(member, error)
            return None if name is None else Ended(name, None, str(error))
        if name is None:
            member.is_there = True
            self._failed_starts = 0
            return None
        member.photos -= 1
        return Ended(name, answer, None)

    def dismiss(self) -> None:
        """Ends all workers."""
        for member in self._members:
            ray.kill(member.actor)

    def _start(self) -> None:
        member = _Member(self._class.remote(*self._arguments, overwrite=self._overwrite))
        self._members.append(member)
        self._awaited[member.actor.is_there.remote()] = None, member

    def _replace(self, dead: _Member, error: RayActorError) -> None:
        if dead not in self._members:  # another of its photos told already
            return
        self._members.remove(dead)
        ray.kill(dead.actor)
        if not dead.is_there:
            self._failed_starts += 1
        if self._failed_starts < _STARTS:
            self._start()
        elif not self._members:
            raise DelegateError(f"{_STARTS} workers in a row died as they started: {error}")
