"""Requests that wait for a thread's work, and stop it when nobody wants it any more."""

import asyncio
from concurrent.futures import Future
from typing import Any, TypeVar

from fastapi import Request

from litedenoise_sdk.errors import Cancelled
from litedenoise_sdk.server.problems import Problem, as_problem
from litedenoise_sdk.server.work import Watch

_Result = TypeVar("_Result")


async def finished(request: Request, future: "Future[_Result]", watch: Watch) -> _Result:
    """What comes of the work.

    Args:
        request: its body has been read.
        future: the work, in a thread.
        watch: tells the work to stop when the client leaves, or the service has to end.

    Raises:
        Problem: it failed or was stopped.
    """
    work: asyncio.Future[_Result] = asyncio.wrap_future(future)
    leaving: asyncio.Future[Any] = asyncio.create_task(_left(request))
    try:
        await asyncio.wait([work, leaving], return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            watch.cancel()
            future.cancel()
        return await work
    except (Cancelled, asyncio.CancelledError) as error:
        if not watch.is_cancelled and not future.cancelled():  # the time of grace is over
            watch.cancel()
            work.cancel()
            raise Problem(503, "shutting-down", "the service is being stopped") from error
        raise Problem(409, "cancelled", "the photo was cancelled before it was finished") from error
    except Exception as error:
        raise as_problem(error) from error
    finally:
        leaving.cancel()


async def _left(request: Request) -> None:
    """Returns when the client has gone."""
    message: dict[str, Any] = {}
    while message.get("type") != "http.disconnect":
        message = dict(await request.receive())
