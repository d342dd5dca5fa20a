"""Every processor there is a runtime for."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from litedenoise_sdk.geometry import Size
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


def with_library(library: str | None) -> Mapping[Delegate, Opener]:
    """The same, with the external delegates in this library."""
    if library is None:
        return RUNTIMES
    return {
        **RUNTIMES,
        "nnapi": partial(ExternalRuntime, "nnapi", library),
        "external": partial(ExternalRuntime, "external", library),
    }
