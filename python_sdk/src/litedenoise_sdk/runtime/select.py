"""Picks the processor, and remembers why."""

from collections.abc import Callable, Mapping

from litedenoise_sdk.errors import DelegateError
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.load import LoadedModel
from litedenoise_sdk.options import Delegate, Policy
from litedenoise_sdk.runtime.blocks import block_cost
from litedenoise_sdk.runtime.openers import RUNTIMES, Opener
from litedenoise_sdk.runtime.protocol import Runtime
from litedenoise_sdk.runtime.verdict import Verdict, decide


def open_runtime(
    model: LoadedModel,
    block: Size,
    delegate: Delegate,
    threads: int,
    runtimes: Mapping[Delegate, Opener] = RUNTIMES,
    *,
    policy: Policy = "strict",
    budget_bytes: int | None = None,
    decide: Callable[[LoadedModel, int], Verdict] = decide,
) -> Runtime:
    """Opens ``model`` on the processor that was asked for; "auto" is the fastest, as measured.

    Args:
        block: height and width of the blocks, multiples of the model's stride.
        threads: CPU threads, at least 1.
        runtimes: what there is to choose from.
        policy: what happens where a named processor declines: "strict" raises, "allow" takes the
            CPU and says so in the report. "auto" always may.
        budget_bytes: memory that "auto" may not exceed by leaving the CPU.
        decide: finds the processor for "auto".

    Raises:
        OptionsError: ``block`` is not a multiple of the stride.
        DelegateError: no processor that may be used can run the model; the message has the reasons.
    """
    wanted, reason = delegate, "named by the caller"
    if delegate == "auto":
        verdict = decide(model, threads)
        wanted, reason = verdict.delegate, verdict.reason
        cost = block_cost(wanted)
        needed = cost.of(model.graph, block) if cost else 0
        if budget_bytes is not None and needed > budget_bytes:
            wanted = "cpu"
            reason = (
                f"cpu, as blocks of {block} on {verdict.delegate} need {needed / 1e6:.0f} MB and "
                f"the budget is {budget_bytes / 1e6:.0f} MB; {reason}"
            )
    try:
        return runtimes[wanted](model, block, threads, delegate, reason)
    except DelegateError as error:
        if wanted == "cpu" or (delegate != "auto" and policy == "strict"):
            raise
        declined = f"{wanted} declined: {error}"
    try:
        return runtimes["cpu"](model, block, threads, delegate, f"{declined}; cpu instead")
    except DelegateError as error:
        raise DelegateError(f"{declined}; cpu declined: {error}") from error
