"""Every processor that has a runtime."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from types import MappingProxyType

from litedenoise_sdk.errors import OptionsError
from litedenoise_sdk.model.load import LoadedModel
from litedenoise_sdk.options import Delegate
from litedenoise_sdk.runtime.accelerators.blocks import BLOCK_COSTS
from litedenoise_sdk.runtime.accelerators.external import ExternalRuntime
from litedenoise_sdk.runtime.accelerators.gpu import GpuRuntime
from litedenoise_sdk.runtime.accelerators.npu import NpuRuntime
from litedenoise_sdk.runtime.accelerators.photos import BlockPhotoRuntime, Opener, plan_blocks
from litedenoise_sdk.runtime.auto.verdict import remembered
from litedenoise_sdk.runtime.cpu.runtime import CpuPhotoRuntime, LiteRtCpuRuntime, plan_on_cpu
from litedenoise_sdk.runtime.protocol import PhotoPlan, PhotoRuntime, Task

PhotoOpener = Callable[[LoadedModel, Task, int, Delegate, str], PhotoRuntime]
"""Takes model, photo, threads, requested delegate and reason; raises DelegateError to decline."""

RUNTIMES: Mapping[Delegate, Opener] = MappingProxyType(
    {
        "cpu": LiteRtCpuRuntime,
        "gpu": GpuRuntime,
        "npu": NpuRuntime,
        "nnapi": partial(ExternalRuntime, "nnapi", None),
        "external": partial(ExternalRuntime, "external", None),
    }
)
"""Open a model for blocks of one size."""


def photo_openers(library: str | None) -> Mapping[Delegate, PhotoOpener]:
    """Open a model for photos of one size.

    Args:
        library: has the external delegates; None looks for them.
    """
    blocks: dict[Delegate, Opener] = {
        "gpu": GpuRuntime,
        "npu": NpuRuntime,
        "nnapi": partial(ExternalRuntime, "nnapi", library),
        "external": partial(ExternalRuntime, "external", library),
    }
    return {
        "cpu": CpuPhotoRuntime,
        **{name: partial(BlockPhotoRuntime, name, opener) for name, opener in blocks.items()},
    }


PLANNERS: Mapping[Delegate, Callable[[LoadedModel, Task], PhotoPlan]] = MappingProxyType(
    {"cpu": plan_on_cpu, **{name: partial(plan_blocks, name) for name in BLOCK_COSTS}}
)
"""Say how photos get through each processor; raise OptionsError where the memory is too small."""


def plan(delegate: Delegate, model: LoadedModel, task: Task, threads: int) -> PhotoPlan:
    """How a photo gets through a processor; for "auto", through the one measured to be the
    fastest, if there is one and the memory suffices for it, else through the CPU.

    Raises:
        OptionsError: the memory budget is too small.
    """
    if delegate != "auto":
        return PLANNERS[delegate](model, task)
    with suppress(OptionsError):
        return PLANNERS[remembered(model, threads)](model, task)
    return PLANNERS["cpu"](model, task)
