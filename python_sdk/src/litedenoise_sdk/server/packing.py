"""Values with large arrays, handed from one process to another through a file in memory.

The arrays lie in the file as they are, and whoever unpacks them works on these very bytes.
"""

import mmap
import os
import pickle
import tempfile
from typing import Any, BinaryIO, cast

_ALIGNMENT = 64


def memory_file() -> BinaryIO:
    """A file without a name; in memory where the system has such files."""
    if hasattr(os, "memfd_create"):
        return open(os.memfd_create("litedenoise"), "w+b")
    return cast(BinaryIO, tempfile.TemporaryFile())


def pack(value: object, file: BinaryIO) -> None:
    """Writes a value into an empty file, arrays as they lie in memory."""
    buffers: list[pickle.PickleBuffer] = []
    head = pickle.dumps(value, 5, buffer_callback=buffers.append)
    arrays = [buffer.raw() for buffer in buffers]
    index = pickle.dumps((len(head), [array.nbytes for array in arrays]))
    file.write(len(index).to_bytes(8, "little") + index + head)
    for array in arrays:
        file.seek(_aligned(file.tell()))
        file.write(array)
    file.flush()


def unpack(file: BinaryIO) -> Any:
    """The value in a file that ``pack`` wrote; its arrays can be written to, and hold the file."""
    view = memoryview(mmap.mmap(file.fileno(), 0))
    start = 8 + int.from_bytes(view[:8], "little")
    head_bytes, sizes = pickle.loads(view[8:start])
    place = start + head_bytes
    head = view[start:place]
    arrays = []
    for size in sizes:
        place = _aligned(place)
        arrays.append(view[place : place + size])
        place += size
    return pickle.loads(head, buffers=arrays)


def _aligned(place: int) -> int:
    return -(-place // _ALIGNMENT) * _ALIGNMENT
