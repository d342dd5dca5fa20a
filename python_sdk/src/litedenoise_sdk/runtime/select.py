"""Picks the processor, and says why."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from litedenoise_sdk.errors import DelegateError, OptionsError
from litedenoise_sdk.model.load import LoadedModel
from litedenoise_sdk.options import Delegate, Policy
from litedenoise_sdk.runtime.auto.verdict import Verdict, decide

Work = TypeVar("Work")
Opened = TypeVar("Opened")


def open_runtime(
    model: LoadedModel,
    work: Work,
    delegate: Delegate,
    threads: int,
    openers: Mapping[Delegate, Callable[[LoadedModel, Work, int, Delegate, str], Opened]],
    *,
    policy: Policy = "strict",
    decide: Callable[[LoadedModel, int], Verdict] = decide,
) -> Opened:
    """Opens ``model`` on the processor that was asked for; "auto" is the fastest, as measured.

    Args:
        work: what the openers take: the photo, or the size of blocks.
        threads: CPU threads, at least 1.
        openers: what there is to choose from: each takes model, work, threads, the delegate that
            was asked for, and the reason for the choice.
        policy: what happens where a named processor declines: "strict" raises, "allow" takes the
            CPU and says so in the report. "auto" always may.
        decide: finds the processor for "auto".

    Raises:
        OptionsError: the work cannot be done within the memory, or not in such blocks.
        DelegateError: no processor that may be used can run the model; the message has the reasons.
    """
    wanted, reason = delegate, "named by the caller"
    if delegate == "auto":
        verdict = decide(model, threads)
        wanted, reason = verdict.delegate, verdict.reason
    try:
        return openers[wanted](model, work, threads, delegate, reason)
    except DelegateError as error:
        if wanted == "cpu" or (delegate != "auto" and policy == "strict"):
            raise
        declined = f"{wanted} declined: {error}"
    except OptionsError as error:
        if wanted == "cpu" or delegate != "auto":
            raise
        declined = f"{reason}, but {error}"
    try:
        return openers["cpu"](model, work, threads, delegate, f"{declined}; cpu instead")
    except DelegateError as error:
        raise DelegateError(f"{declined}; cpu declined: {error}") from error
