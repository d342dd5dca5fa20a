"""A Photo into a file: all of it or nothing, and never over another by accident."""

import os
import stat
from pathlib import Path

from litedenoise_sdk.errors import OutputError
from litedenoise_sdk.imageio.encode import format_of, write
from litedenoise_sdk.imageio.extras import check_writable
from litedenoise_sdk.imageio.photo import Photo
from litedenoise_sdk.whole_file import whole_file


def check_target(path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
    """Find out before the work starts whether the file can be written.

    Args:
        path: where the file will go; its suffix names the format.
        overwrite: an existing file, the input included, may be replaced.

    Returns:
        The file that would be written, links followed.

    Raises:
        OutputError: the name asks for no known format, or for one that needs an extra; the folder
            is missing or not a folder; the file exists and may not, or cannot, be replaced.
    """
    check_writable(format_of(path))
    try:
        target = Path(os.path.realpath(path))
        _check_place(path, target, overwrite)
    except OutputError:
        raise
    except OSError as error:
        raise _unwritable(path, error) from error
    return target


def save(photo: Photo, path: str | os.PathLike[str], *, overwrite: bool = False) -> tuple[str, ...]:
    """Encode a photo in the format its name asks for and move it into place when complete.

    ``path`` holds either what it held before or the whole new picture; see ``whole_file``.

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
    try:
        with whole_file(target, overwrite=overwrite) as file:
            notes = write(photo, file, format)
    except FileExistsError as error:
        raise _exists(path) from error
    except OutputError:
        raise
    except OSError as error:
        raise _unwritable(path, error) from error
    return notes


def _check_place(path: str | os.PathLike[str], target: Path, overwrite: bool) -> None:
    if not target.parent.is_dir():
        raise OutputError(
            f"{os.fspath(path)}: the folder {target.parent} does not exist; make it first"
        )
    if target.is_dir():
        raise OutputError(f"{os.fspath(path)} is a folder; expected the name of a file")
    if target.exists():
        if not overwrite:
            raise _exists(path)
        if not target.is_file():
            raise OutputError(f"{os.fspath(path)} is a pipe or a device; expected a file")
        writable = stat.S_IMODE(target.stat().st_mode) & 0o222
        if not writable or not os.access(target, os.W_OK):
            raise OutputError(
                f"{os.fspath(path)} is read-only; make it writable or choose another name"
            )


def _unwritable(path: str | os.PathLike[str], error: OSError) -> OutputError:
    return OutputError(f"{os.fspath(path)} cannot be written: {error.strerror or error}")


def _exists(path: str | os.PathLike[str]) -> OutputError:
    return OutputError(f"{os.fspath(path)} exists; choose another name or allow overwriting")
