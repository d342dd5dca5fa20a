"""The system calls that touch files, and which files each of them touches (x86-64)."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Call:
    """A kind of system call.

    Attributes:
        name: as in its manual page.
        descriptors: which of its arguments are descriptors of files or folders.
        paths: which are paths.
        length: which is a number of bytes to read or write; None where none is.
    """

    name: str
    descriptors: tuple[int, ...] = ()
    paths: tuple[int, ...] = ()
    length: int | None = None


CALLS = {
    0: Call("read", (0,), length=2),
    1: Call("write", (0,), length=2),
    2: Call("open", paths=(0,)),
    3: Call("close", (0,)),
    4: Call("stat", paths=(0,)),
    5: Call("fstat", (0,)),
    6: Call("lstat", paths=(0,)),
    8: Call("lseek", (0,)),
    17: Call("pread64", (0,), length=2),
    18: Call("pwrite64", (0,), length=2),
    20: Call("writev", (0,)),
    21: Call("access", paths=(0,)),
    40: Call("sendfile", (0, 1)),
    73: Call("flock", (0,)),
    74: Call("fsync", (0,)),
    75: Call("fdatasync", (0,)),
    77: Call("ftruncate", (0,)),
    82: Call("rename", paths=(0, 1)),
    83: Call("mkdir", paths=(0,)),
    86: Call("link", paths=(0, 1)),
    87: Call("unlink", paths=(0,)),
    89: Call("readlink", paths=(0,)),
    90: Call("chmod", paths=(0,)),
    217: Call("getdents64", (0,)),
    257: Call("openat", (0,), (1,)),
    258: Call("mkdirat", (0,), (1,)),
    262: Call("newfstatat", (0,), (1,)),
    263: Call("unlinkat", (0,), (1,)),
    264: Call("renameat", (0, 2), (1, 3)),
    265: Call("linkat", (0, 2), (1, 3)),
    267: Call("readlinkat", (0,), (1,)),
    268: Call("fchmodat", (0,), (1,)),
    269: Call("faccessat", (0,), (1,)),
    280: Call("utimensat", (0,), (1,)),
    316: Call("renameat2", (0, 2), (1, 3)),
    332: Call("statx", (0,), (1,)),
}
"""By their numbers."""

_LONGEST_PATH = 4096


def files_of(call: Call, thread: int, arguments: tuple[int, ...]) -> list[str]:
    """The files that a thread is about to touch with a call; those without a name included."""
    found = []
    for place in call.descriptors:
        with suppress(OSError):
            found.append(os.readlink(f"/proc/{thread}/fd/{arguments[place]}"))
    for place in call.paths:
        with suppress(OSError):
            found.append(_text(thread, arguments[place]))
    return found


def _text(thread: int, address: int) -> str:
    """What stands at an address of another process, up to the first zero byte."""
    text = b""
    with open(Path("/proc", str(thread), "mem"), "rb", buffering=0) as memory:
        memory.seek(address)
        while b"\0" not in text and len(text) < _LONGEST_PATH:
            # No further than the end of the page: behind it there may be nothing.
            text += memory.read(4096 - (address + len(text)) % 4096)
    return os.fsdecode(text.partition(b"\0")[0])
