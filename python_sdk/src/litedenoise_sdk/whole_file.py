"""Files that are written whole or not at all, whatever ends the process meanwhile.

Where the system can (Linux, most local file systems), a file has no name until it is complete, so
that nothing is left of it when the process is killed. Elsewhere it has a temporary name, is locked
as long as its writer lives, and is removed by ``tidy`` once it does not.
"""

import contextlib
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_PREFIX, _SUFFIX = ".litedenoise-", ".tmp"


@contextlib.contextmanager
def whole_file(target: Path, *, overwrite: bool) -> Iterator[BinaryIO]:
    """A new file, to be written and read, that takes the name ``target`` when the block ends well.

    It is flushed to the disk first, so that ``target`` holds either what it held before or the
    whole new file.

    Args:
        target: in a folder that exists.
        overwrite: replace an existing file, and keep its permissions; without it even one that
            appears meanwhile is left.

    Raises:
        FileExistsError: ``target`` exists and may not be replaced.
        OSError: it cannot be written. Nothing is left behind.
    """
    unnamed = _open_unnamed(target.parent)
    if unnamed is not None:
        with _closed_at_last(unnamed):
            yield unnamed
            _flush(unnamed)
            if not overwrite:
                _link(unnamed, target)
            else:
                temporary = _temporary_name(target)
                with _removed_at_last(temporary):
                    _link(unnamed, temporary)
                    _replace(temporary, target)
    else:
        file = _open_named(target)
        with _closed_at_last(file), _removed_at_last(Path(file.name)):
            yield file
            _flush(file)
            (_replace if overwrite else _put)(Path(file.name), target)
    _flush_folder(target.parent)


def tidy(folder: Path) -> None:
    """Removes from ``folder`` what writers left that are no more. Others' files in work stay."""
    with contextlib.suppress(OSError):  # it harms nothing but order
        for entry in os.scandir(folder):
            if entry.name.startswith(_PREFIX) and entry.name.endswith(_SUFFIX):
                _remove_if_left(entry.path)


def _remove_if_left(path: str) -> None:
    with contextlib.suppress(OSError), open(path, "r+b") as file:
        if _lock(file):
            os.unlink(path)


def _open_unnamed(folder: Path) -> BinaryIO | None:
    """None where the system, or the file system, has no files without a name."""
    flag = getattr(os, "O_TMPFILE", 0)
    if not flag or not os.path.isdir("/proc/self/fd"):
        return None
    try:
        return open(os.open(folder, flag | os.O_RDWR, 0o666), "w+b")
    except OSError:
        return None  # opening a named one tells what is wrong, if anything is


def _open_named(target: Path) -> BinaryIO:
    """A locked file of a temporary name. Not tempfile: its files are private whatever the umask."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    while True:
        name = _temporary_name(target)
        descriptor = os.open(name, flags, 0o666)
        file = open(name, "w+b", opener=lambda *_, opened=descriptor: opened)  # noqa: SIM115
        # Somebody may have tidied up between the two.
        if _lock(file) and (os.name == "nt" or os.fstat(descriptor).st_nlink):
            return file
        file.close()


def _lock(file: BinaryIO) -> bool:
    """Whether nobody else holds the file; it is held until closed."""
    try:
        import fcntl
    except ImportError:  # on Windows, where open files cannot be removed anyhow
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True


def _temporary_name(target: Path) -> Path:
    return target.with_name(f"{_PREFIX}{secrets.token_hex(8)}{_SUFFIX}")


def _link(file: BinaryIO, name: Path) -> None:
    # With a descriptor of a folder os.link follows the link in /proc, as linkat(2) is told to.
    folder = os.open(name.parent, os.O_RDONLY)
    try:
        os.link(f"/proc/self/fd/{file.fileno()}", name.name, dst_dir_fd=folder)
    finally:
        with contextlib.suppress(OSError):  # nothing was written through it
            os.close(folder)


def _flush(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _replace(temporary: Path, target: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        temporary.chmod(stat.S_IMODE(target.stat().st_mode))
    os.replace(temporary, target)


def _put(temporary: Path, target: Path) -> None:
    """Moves to a name that must be free, without a moment in which it could be taken."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise
    except OSError:
        # A file system without links: look once more, then rename.
        if target.exists():
            raise FileExistsError from None
        os.replace(temporary, target)


@contextlib.contextmanager
def _closed_at_last(file: BinaryIO) -> Iterator[None]:
    """An error of closing tells nothing: what counts was flushed before."""
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            file.close()


@contextlib.contextmanager
def _removed_at_last(temporary: Path) -> Iterator[None]:
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _flush_folder(folder: Path) -> None:
    """Lets the new name survive a power cut, where folders can be flushed at all."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
