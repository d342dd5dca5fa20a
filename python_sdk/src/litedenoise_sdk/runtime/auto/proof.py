"""Checks that a model that is not a released one does not crash the process."""

import hashlib
from collections.abc import Callable
from contextlib import suppress

from litedenoise_sdk.errors import CorruptModel
from litedenoise_sdk.geometry import Size, ceil_to
from litedenoise_sdk.model.load import LoadedModel, released_checksums
from litedenoise_sdk.options import Delegate
from litedenoise_sdk.runtime.auto.isolated import try_delegate
from litedenoise_sdk.runtime.auto.trial import Trial
from litedenoise_sdk.runtime.auto.verdict import cache_folder, package_version

_SIDE_PX = 64
"""A faulty model fails on blocks of any size."""

Try = Callable[[LoadedModel, Delegate, Size, int], Trial]


def prove(model: LoadedModel, try_one: Try = try_delegate) -> None:
    """Runs a model once on the CPU in a separate process, unless that was done before.

    Some models that look valid make LiteRT abort the whole process. Released models are not tried.

    Args:
        try_one: runs the trial.

    Raises:
        CorruptModel: the other process crashed, hung or could not run the model.
    """
    if model.sidecar.sha256 in released_checksums():
        return
    facts = (model.sidecar.sha256, *map(package_version, ("ai_edge_litert", "litedenoise_sdk")))
    proved = cache_folder() / f"proved-{hashlib.sha256('|'.join(facts).encode()).hexdigest()[:32]}"
    if proved.exists():
        return
    side = ceil_to(_SIDE_PX, model.sidecar.stride_px)
    trial = try_one(model, "cpu", Size(side, side), 1)
    if not trial.usable:
        raise CorruptModel(
            f"the model failed when it was tried in a separate process: {trial.reason}"
        )
    with suppress(OSError):  # next time it is tried again
        proved.parent.mkdir(parents=True, exist_ok=True)
        proved.touch()
