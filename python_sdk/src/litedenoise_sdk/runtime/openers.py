"""Every processor there is a runtime for."""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from types import MappingProxyType

from litedenoise_sdk.geometry import Box, Size
from litedenoise_sdk.model.load import LoadedModel
from litedenoise_sdk.options import Delegate
from litedenoise_sdk.runtime.external import ExternalRuntime
from litedenoise_sdk.runtime.gpu import GpuRuntime
from litedenoise_sdk.runtime.litert_cpu import LiteRtCpuRuntime
from litedenoise_sdk.runtime.npu import NpuRuntime
from litedenoise_sdk.runtime.protocol import Runtime

Opener = Callable[[LoadedModel, Size, int, Delegate, str], Runtime]
"""Takes model, block, threads, requested delegate and reason; raises DelegateError to decline."""

RUNTIMES: Mapping[Delegate, Opener] = MappingProxyType(
    {
        "cpu": LiteRtCpuRuntime,
        "gpu": GpuRuntime,
        "npu": NpuRuntime,
        "nnapi": partial(ExternalRuntime, "nnapi", None),
        "external": partial(ExternalRuntime, "external", None),
    }
)


def openers(library: str | None, kept: Collection[Box]) -> Mapping[Delegate, Opener]:
    """The same, for one photo.

    Args:
        library: has the external delegates; None looks for them.
        kept: the parts of blocks that are put into the result; the CPU computes little else.
    """
    return {
        **RUNTIMES,
        "cpu": partial(LiteRtCpuRuntime, kept=kept),
        "nnapi": partial(ExternalRuntime, "nnapi", library),
        "external": partial(ExternalRuntime, "external", library),
    }
