"""Where photos are read and written: folders of this machine, or anything that fsspec reaches."""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from litedenoise_sdk.errors import LiteDenoiseError, OptionsError
from litedenoise_sdk.imageio.kinds import kind_passed_over
from litedenoise_sdk.whole_file import tidy, whole_file


class Folder(Protocol):
    """Files by their names, which are relative, with "/" between folders."""

    @property
    def passed_over(self) -> Counter[str]:
        """Files that ``pictures`` came by and left out, by their kind."""
        ...

    def pictures(self) -> Iterator[str]:
        """The names of all pictures, subfolders included, in an order that stays.

        A subfolder whose files cannot be listed is among them, its name ending in "/", so that
        nobody takes its photos for done: to read it raises OSError with the reason.

        Raises LiteDenoiseError where the place does not answer.
        """
        ...

    def read(self, name: str) -> bytes:
        """A whole file. Raises OSError, FileNotFoundError if there is none."""
        ...

    def modified_ns(self, name: str) -> int | None:
        """When a file was last changed, in nanoseconds since 1970; None where nobody knows."""
        ...

    def write(self, name: str, data: bytes, modified_ns: int | None = None) -> None:
        """A whole file, new or over another, which appears when complete. Raises OSError.

        Args:
            modified_ns: when it was last changed, where that can be set; None for now.
        """
        ...

    def tidy(self) -> None:
        """Removes what killed runs left half-written; what others are writing stays."""
        ...


def open_folder(place: str, *, must_exist: bool = False) -> Folder:
    """The folder at a path, or at a URL (``s3://bucket/photos``) with fsspec's packages installed.

    Raises:
        OptionsError: there must be such a folder, but there is none.
        LiteDenoiseError: fsspec is missing, or knows no such place.
    """
    folder: LocalFolder | RemoteFolder
    if "://" not in place:
        folder = LocalFolder(Path(place))
        found = folder.root.is_dir()
    else:
        folder = RemoteFolder(place)
        found = not must_exist or folder.is_there()
    if must_exist and not found:
        raise OptionsError(f"expected a folder of photos; {place} is not a folder")
    return folder


@dataclass(frozen=True, slots=True)
class LocalFolder:
    """A folder of this machine."""

    root: Path
    passed_over: Counter[str] = field(default_factory=Counter, compare=False)

    def pictures(self) -> Iterator[str]:
        unlisted: list[Path] = []

        def note(error: OSError) -> None:
            unlisted.append(Path(error.filename))

        for folder, inside, files in os.walk(self.root, onerror=note):
            inside[:] = sorted(name for name in inside if not name.startswith("."))
            unlisted += [one for name in inside if os.path.islink(one := Path(folder, name))]
            relative = Path(folder).relative_to(self.root)
            for name in sorted(files):
                if _is_picture(name, self.passed_over):
                    yield (relative / name).as_posix()
        for one in unlisted:
            yield f"{one.relative_to(self.root).as_posix()}/"

    def read(self, name: str) -> bytes:
        if is_unlisted(name):
            raise OSError(f"its photos cannot be listed: {_why_unlisted(self.root / name)}")
        path = self.root / name
        if path.exists() and not path.is_file():
            raise OSError(f"{name} is a pipe, a device or a folder; expected a file")
        return path.read_bytes()

    def modified_ns(self, name: str) -> int | None:
        return (self.root / name).stat().st_mtime_ns

    def write(self, name: str, data: bytes, modified_ns: int | None = None) -> None:
        target = self.root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.parent.resolve().is_relative_to(self.root.resolve()):
            raise OSError(f"{name} would go through a link out of the folder {self.root}")
        with whole_file(target, overwrite=True) as file:
            file.write(data)
        if modified_ns is not None:
            os.utime(target, ns=(modified_ns, modified_ns))

    def tidy(self) -> None:
        for folder, _, _ in os.walk(self.root):
            tidy(Path(folder))


class RemoteFolder:
    """A folder that fsspec reaches. Object stores show a file when its upload is complete."""

    def __init__(self, url: str) -> None:
        try:
            import fsspec
        except ModuleNotFoundError as error:
            raise LiteDenoiseError(
                f"{url} needs fsspec; install it with: pip install 'litedenoise-sdk[remote]'"
            ) from error
        self.passed_over: Counter[str] = Counter()
        self._url = url
        try:
            filesystem, root = fsspec.core.url_to_fs(url)
        except (ImportError, ValueError) as error:
            raise LiteDenoiseError(f"{url} cannot be opened: {error}") from error
        self._files: Any = filesystem
        self._root: str = root.rstrip("/")

    def __reduce__(self) -> tuple[type["RemoteFolder"], tuple[str]]:
        return RemoteFolder, (self._url,)

    def is_there(self) -> bool:
        with self._answering():
            return bool(self._files.isdir(self._root))

    def pictures(self) -> Iterator[str]:
        with self._answering():
            for folder, inside, files in self._files.walk(
                self._root, detail=True, on_error="raise"
            ):
                # Names that are left in ``inside`` are walked into.
                for name in [name for name in inside if name.startswith(".")]:
                    del inside[name]
                relative = folder[len(self._root) :].strip("/")
                for name in sorted(files):
                    if name and _is_picture(name, self.passed_over):
                        yield f"{relative}/{name}" if relative else name

    def read(self, name: str) -> bytes:
        with _os_errors():
            data: bytes = self._files.cat_file(f"{self._root}/{name}")
        return data

    def modified_ns(self, name: str) -> int | None:
        return None

    def write(self, name: str, data: bytes, modified_ns: int | None = None) -> None:
        target = f"{self._root}/{name}"
        with _os_errors():
            self._files.makedirs(target.rpartition("/")[0], exist_ok=True)
            self._files.pipe_file(target, data)

    def tidy(self) -> None:
        """Nothing: an upload that breaks off shows no file."""

    @contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            with _os_errors():
                yield
        except OSError as error:
            raise LiteDenoiseError(f"{self._url} does not answer: {error}") from error


@contextmanager
def _os_errors() -> Iterator[None]:
    """Object stores raise what their libraries have of their own when they cannot be reached."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        raise OSError(str(error)) from error


def is_unlisted(name: str) -> bool:
    """Whether a name of ``Folder.pictures`` is that of a subfolder that cannot be listed."""
    return name.endswith("/")


def _why_unlisted(folder: Path) -> str:
    if os.path.islink(folder):
        return "it is a link to another folder; give that folder a batch of its own"
    try:
        os.listdir(folder)
    except OSError as error:
        return error.strerror or str(error)
    return "it could not be read at first; run the batch again"


def _is_picture(name: str, passed_over: Counter[str]) -> bool:
    """Whether a file is a picture that can be read; others that are visible are counted."""
    if name.startswith("."):
        return False
    kind = kind_passed_over(name)
    if kind is not None:
        passed_over[kind] += 1
    return kind is None
