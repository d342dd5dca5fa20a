"""Picks the processor, and remembers why."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from litedenoise_sdk.errors import DelegateError
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.load import LoadedModel
from litedenoise_sdk.options import Delegate
from litedenoise_sdk.runtime.litert_cpu import LiteRtCpuRuntime
from litedenoise_sdk.runtime.protocol import Runtime

Opener = Callable[[LoadedModel, Size, int, Delegate, str], Runtime]
"""Takes model, block, threads, requested delegate and reason; raises DelegateError to decline."""

RUNTIMES: Mapping[str, Opener] = MappingProxyType({"cpu": LiteRtCpuRuntime})
"""Every processor there is, the fastest first."""


def open_runtime(
    model: LoadedModel,
    block: Size,
    delegate: Delegate,
    threads: int,
    runtimes: Mapping[str, Opener] = RUNTIMES,
) -> Runtime:
    """Opens ``model`` on the processor that was asked for; "auto" is the first that takes it.

    Args:
        block: height and width of the blocks, multiples of the model's stride.
        threads: CPU threads, at least 1.
        runtimes: what there is to choose from, in the order in which "auto" tries it.

    Raises:
        OptionsError: ``block`` is not a multiple of the stride.
        DelegateError: no processor that may be used can run the model; the message has the reasons.
    """
    if delegate != "auto":
        return runtimes[delegate](model, block, threads, delegate, "named by the caller")
    declined: list[str] = []
    for name, opener in runtimes.items():
        reason = "; ".join([*declined, f"{name} is the fastest that can run the model"])
        try:
            return opener(model, block, threads, delegate, reason)
        except DelegateError as error:
            declined.append(f"{name} declined: {error}")
    raise DelegateError("; ".join(declined))
