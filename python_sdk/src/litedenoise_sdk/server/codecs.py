"""Picture files read and written in processes of their own, killed when they take too long.

A decoder in native code cannot be stopped otherwise, and one that crashes takes its process along.
Each gets the memory that its photo may need, or what is free if that is less.
"""

import atexit
import os
import subprocess
import sys
import threading
import time
from dataclasses import replace
from multiprocessing import Pipe
from multiprocessing.reduction import send_handle
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from litedenoise_sdk.errors import Cancelled, UnreadableImage
from litedenoise_sdk.imageio import Format, Photo, decode
from litedenoise_sdk.imageio.encode import write
from litedenoise_sdk.imageio.photo import repeat_grey
from litedenoise_sdk.memory_budget import available_bytes
from litedenoise_sdk.runtime.auto.isolated import child_environment
from litedenoise_sdk.server.packing import memory_file, pack, unpack

_LOOK_S = 0.05
"""How often it is asked whether anybody still waits."""

_CHILD = "litedenoise_sdk.server.codec_child"
_KEPT = 4
"""Idle processes that wait for the next photo."""

_BYTES_PER_PX = 128
"""Readers take up to 50, and writers up to 93, which is JPEG XL."""
_BYTES_BESIDE = 512_000_000 + 16_000_000 * (os.cpu_count() or 1)
"""Libraries, metadata, and stacks of threads, which are asked for and hardly used."""


_Request = tuple[str, Any, int]
"""Work, its argument, and the bytes of memory that it may take."""


class Patience(Protocol):
    """Who waits, and how long."""

    @property
    def is_cancelled(self) -> bool: ...

    @property
    def left_s(self) -> float: ...


class OutOfTime(Exception):
    """The process was killed, as it took too long."""


def read_file(file: BinaryIO, max_pixels: int, patience: Patience) -> Photo:
    """The photo in a file; see ``decode``.

    Raises:
        ImageError: it cannot be used.
        MemoryError: it needs more than a photo of ``max_pixels`` may, or than is free.
        Cancelled: nobody waits for it any more.
        OutOfTime: it takes too long.
    """
    file.seek(0)
    if os.name == "nt":  # where no file can be handed over
        return decode(file, max_pixels=max_pixels)
    with memory_file() as packed:
        _ask("read", file, packed, max_pixels, max_pixels, patience)
        photo: Photo = unpack(packed)
    return replace(photo, pixels=repeat_grey(photo.pixels)) if photo.grey else photo


def write_file(
    photo: Photo, file: BinaryIO, format: Format, patience: Patience
) -> tuple[int, tuple[str, ...]]:
    """Writes a photo; see ``imageio.encode.write``.

    Returns:
        The length of the file, which is left at its first byte, and notes.

    Raises:
        OutputError: the format cannot hold the photo.
        MemoryError, Cancelled, OutOfTime: as for ``read_file``.
    """
    if os.name == "nt":
        notes = write(photo, file, format)
        length = file.seek(0, 2)
    else:
        with memory_file() as packed:
            pack(photo, packed)
            packed.seek(0)
            length, notes = _ask("write", packed, file, format, photo.size.area, patience)
    file.seek(0)
    return length, notes


class _Codec:
    """One process."""

    def __init__(self) -> None:
        self._requests, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", _CHILD, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env=child_environment(),
            )

    def ask(
        self, request: _Request, source: BinaryIO, target: BinaryIO, patience: Patience
    ) -> tuple[Exception | None, Any]:
        """Has work done, and gives the error that it ended with, or what came out.

        Raises Cancelled or OutOfTime, or UnreadableImage where the process died: it is of no more
        use then.
        """
        until = time.monotonic() + patience.left_s
        try:
            self._requests.send(request)
            for file in (source, target):
                send_handle(self._requests, file.fileno(), self._process.pid)
            while not self._requests.poll(_LOOK_S):
                if patience.is_cancelled:
                    raise Cancelled("cancelled before it was finished")
                if time.monotonic() > until:
                    raise OutOfTime
            answer: tuple[Exception | None, Any] = self._requests.recv()
        except (EOFError, ConnectionError) as error:
            ended = self._process.wait()
            raise UnreadableImage(
                f"the file cannot be read as a picture (its reader ended with {ended}); get it "
                "again from its source"
            ) from error
        return answer

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._requests.close()


_idle: list[_Codec] = []
_lock = threading.Lock()


def _ask(
    work: str, source: BinaryIO, target: BinaryIO, argument: Any, pixels: int, patience: Patience
) -> Any:
    free = available_bytes(Path("/"))
    memory_bytes = _BYTES_BESIDE + min(_BYTES_PER_PX * pixels, free)
    with _lock:
        codec = _idle.pop() if _idle else None
    codec = codec or _Codec()
    try:
        error, answer = codec.ask((work, argument, memory_bytes), source, target, patience)
    except BaseException:
        codec.end()
        raise
    with _lock:
        kept = len(_idle) < _KEPT
        if kept:
            _idle.append(codec)
    if not kept:
        codec.end()
    if error is not None:
        raise error
    return answer


@atexit.register
def _end_all() -> None:
    with _lock:
        while _idle:
            _idle.pop().end()
