"""The process that reads and writes picture files for the service, which may kill it."""

import contextlib
import fcntl
import os
import resource
import select
import signal
import sys
import traceback
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle
from typing import Any, BinaryIO

from litedenoise_sdk.errors import LiteDenoiseError
from litedenoise_sdk.imageio import Format, decode
from litedenoise_sdk.imageio.encode import write
from litedenoise_sdk.quiet import quiet_libraries
from litedenoise_sdk.server.packing import pack, unpack


def read(source: BinaryIO, target: BinaryIO, max_pixels: int) -> None:
    """A picture file into a packed photo; of a grey one only the plane that it has."""
    photo = decode(source, max_pixels=max_pixels)
    pack(replace(photo, pixels=photo.pixels[..., 0].copy()) if photo.grey else photo, target)


def write_file(source: BinaryIO, target: BinaryIO, format: Format) -> tuple[int, tuple[str, ...]]:
    """A packed photo into a picture file: its length, and notes."""
    notes = write(unpack(source), target, format)
    target.flush()
    return target.seek(0, 2), notes


_WORK: dict[str, Any] = {"read": read, "write": write_file}


def main(descriptor: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the service, which ends this
    quiet_libraries()
    requests: Connection[Any, Any] = Connection(int(descriptor))
    while True:
        try:
            work, argument, memory_bytes = requests.recv()
        except (EOFError, ConnectionError):
            return
        _limit_memory(memory_bytes)
        with (
            open(recv_handle(requests), "r+b") as source,
            open(recv_handle(requests), "r+b") as target,
            ended_with_service(requests),
        ):
            answer: tuple[Exception | None, Any]
            try:
                answer = (None, _WORK[work](source, target, argument))
            except MemoryError as error:
                answer = (error, None)
            except Exception as error:
                if not isinstance(error, LiteDenoiseError) or error.is_unforeseen:
                    traceback.print_exc()
                answer = (error, None)
        requests.send(answer)


@contextlib.contextmanager
def ended_with_service(requests: "Connection[Any, Any]") -> Iterator[None]:
    """While work goes on, the system ends this process as soon as nobody waits for its answer.

    A service that is killed cannot do it. Decoders in native code do not look up, so it is done by
    SIGIO, which comes when the other end is closed, and ends a process on Linux.
    """
    descriptor = requests.fileno()
    flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
    fcntl.fcntl(descriptor, fcntl.F_SETOWN, os.getpid())
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(descriptor, fcntl.F_SETFL, flags | os.O_ASYNC)
    poll = select.poll()
    poll.register(descriptor, 0)
    if poll.poll(0):  # closed before
        os.kill(os.getpid(), signal.SIGIO)
    try:
        yield
    finally:
        fcntl.fcntl(descriptor, fcntl.F_SETFL, flags)


def _limit_memory(most: int) -> None:
    """As far as the system can; files in memory, which hold the packed photos, do not count."""
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


if __name__ == "__main__":
    main(sys.argv[1])
