"""A Photo into a file: all of it or nothing, and never over another by accident."""

import contextlib
import os
import secrets
import stat
from pathlib import Path

from litedenoise_sdk.errors import OutputError
from litedenoise_sdk.imageio.encode import format_of, write
from litedenoise_sdk.imageio.extras import check_writable
from litedenoise_sdk.imageio.photo import Photo


def check_target(path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
    """Find out before the work whether a file could be written afterwards.

    Args:
        path: where the file shall go; its suffix names the format.
        overwrite: an existing file, the input included, may be replaced.

    Returns:
        The file that would be written, links followed.

    Raises:
        OutputError: the name asks for no known format, or for one that needs an extra; the folder
            is missing or not a folder; the file exists and may not, or cannot, be replaced.
    """
    check_writable(format_of(path))
    target = Path(os.path.realpath(path))
    if not target.parent.is_dir():
        raise OutputError(
            f"{os.fspath(path)}: the folder {target.parent} does not exist; make it first"
        )
    if target.is_dir():
        raise OutputError(f"{os.fspath(path)} is a folder; expected the name of a file")
    if target.exists():
        if not overwrite:
            raise _exists(path)
        writable = stat.S_IMODE(target.stat().st_mode) & 0o222
        if not writable or not os.access(target, os.W_OK):
            raise OutputError(
                f"{os.fspath(path)} is read-only; make it writable or choose another name"
            )
    return target


def save(photo: Photo, path: str | os.PathLike[str], *, overwrite: bool = False) -> tuple[str, ...]:
    """Encode a photo in the format its name asks for and move it into place when complete.

    The file is written under a temporary name in the same folder, flushed to the disk and renamed,
    so that ``path`` holds either what it held before or the whole new picture.

    Args:
        photo: what to write.
        path: its ending names the format: .jpg, .png, .webp, .tif, .heic, .avif, .jxl, ...
        overwrite: replace an existing file; without it even one that appears meanwhile is left.

    Returns:
        Notes on what the format could not hold.

    Raises:
        OutputError: see ``check_target``; a full disk, a read-only folder, or a picture too large
            for the format. Nothing of the output is left behind.
    """
    target = check_target(path, overwrite=overwrite)
    format = format_of(path)
    temporary = target.with_name(f".litedenoise-{secrets.token_hex(8)}.tmp")
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        try:
            # Not tempfile: its files are private whatever the umask says.
            with open(os.open(temporary, flags, 0o666), "w+b") as file:
                notes = write(photo, file, format)
                file.flush()
                os.fsync(file.fileno())
            if overwrite:
                _replace(temporary, target)
            else:
                _put(temporary, target)
        finally:
            with contextlib.suppress(FileNotFoundError):
                temporary.unlink()
    except FileExistsError as error:
        raise _exists(path) from error
    except OutputError:
        raise
    except OSError as error:
        raise OutputError(
            f"{os.fspath(path)} cannot be written: {error.strerror or error}"
        ) from error
    _flush_folder(target.parent)
    return notes


def _replace(temporary: Path, target: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        temporary.chmod(stat.S_IMODE(target.stat().st_mode))
    os.replace(temporary, target)


def _put(temporary: Path, target: Path) -> None:
    """Move to a name that must be free, without a moment in which it could be taken."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise
    except OSError:
        # A file system without links: look once more, then rename.
        if target.exists():
            raise FileExistsError from None
        os.replace(temporary, target)


def _flush_folder(folder: Path) -> None:
    """Let the new name survive a power cut, where folders can be flushed at all."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _exists(path: str | os.PathLike[str]) -> OutputError:
    return OutputError(f"{os.fspath(path)} exists; choose another name or allow overwriting")
