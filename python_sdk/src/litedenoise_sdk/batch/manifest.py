"""What became of every photo: one JSON line each, appended when its result is on the disk."""

import errno
import json
import os
import stat
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from functools import partial
from io import BufferedReader, FileIO
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, get_args

from litedenoise_sdk.errors import OptionsError, OutputError

Status = Literal["started", "done", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One photo of a batch.

    Attributes:
        name: relative to both folders; files that are only read have .png behind it in the second.
        status: what became of it; "started" where a run ended in between.
        recipe: key of what was done to it.
        source_sha256: of the source's bytes.
        target_sha256: of what this batch last wrote for the photo, the only thing that it replaces.
        width, height: of the upright photo.
        decode_s, inference_s, encode_s: how long each took.
        processor: what the network ran on.
        reason: why it failed.
        notes: what of the source could not be kept.
    """

    name: str
    status: Status
    recipe: str
    source_sha256: str | None = None
    target_sha256: str | None = None
    width: int | None = None
    height: int | None = None
    decode_s: float | None = None
    inference_s: float | None = None
    encode_s: float | None = None
    processor: str | None = None
    reason: str | None = None
    notes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        """Raises TypeError or ValueError for what no run writes."""
        if not isinstance(self.name, str) or self.status not in get_args(Status):
            raise ValueError("no photo's record")
        for hash in (self.recipe, self.source_sha256, self.target_sha256):
            if not isinstance(hash, str | None):
                raise TypeError("a checksum is text")


_BEGINNING = b'{"name": "'
"""Of each line that a run writes."""

_MOST_LINE_BYTES = 1_000_000


class Manifest:
    """The records of a batch, in a file that one run at a time holds.

    A run that was killed may leave half a line, which is taken away; of several records of a photo
    the last one counts. Nothing else is ever taken out of the file.

    Attributes:
        records: the last record of every photo, by name.

    Raises:
        OptionsError: another run holds the file, or it is no manifest.
        OutputError: it cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Unbuffered: closing has nothing left to write, and so cannot fail for a full disk.
            self._file = open(path, "a+b", buffering=0)  # noqa: SIM115  (held until close)
        except OSError as error:
            raise OutputError(f"{path} cannot be written: {error.strerror}") from error
        try:
            self.records = self._take(path)
        except OSError as error:
            self.close()
            raise OutputError(f"{path} cannot be read: {error.strerror}") from error
        except OptionsError:
            self.close()
            raise

    def _take(self, path: Path) -> dict[str, Record]:
        """Makes the file this run's own, and reads it."""
        _check_kind(self._file, path)
        _lock(self._file, path)
        with open(path, "rb") as file:
            records, whole = _parse(file, path)
            self._file.truncate(whole)
            file.seek(max(0, whole - 1))
            if file.read(1) not in (b"", b"\n"):
                self._file.write(b"\n")  # an editor may have taken it away
        return records

    def start(self, name: str, recipe: str) -> None:
        """Notes that a photo is in work. Raises OutputError.

        Should the run end before the photo's own record, the next one knows that a file which has
        appeared in its place may be its own.
        """
        before = self.records.get(name)
        written = before.target_sha256 if before else None
        self.add(Record(name=name, status="started", recipe=recipe, target_sha256=written))

    def add(self, record: Record) -> None:
        """Appends a record, which is on the disk afterwards. Raises OutputError."""
        self.records[record.name] = record
        line = json.dumps(asdict(record)).encode() + b"\n"
        before = os.fstat(self._file.fileno()).st_size
        try:
            written = self._file.write(line)
            if written != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(self._file.fileno())
        except OSError as error:
            with suppress(OSError):
                self._file.truncate(before)
            raise OutputError(f"the manifest cannot be written: {error.strerror}") from error

    def close(self) -> None:
        """Lets another run hold the file. Nothing can be lost: every record is on the disk."""
        with suppress(OSError):
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def read_manifest(path: Path) -> dict[str, Record]:
    """The last record of every photo, by name; none where there is no file. Writes nothing.

    Raises:
        OptionsError: the file is no manifest.
        OutputError: it cannot be read.
    """
    try:
        if not path.exists():
            return {}
        with open(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as file:
            _check_kind(file, path)
            return _parse(file, path)[0]
    except OSError as error:
        raise OutputError(f"{path} cannot be read: {error.strerror}") from error


def _parse(file: BufferedReader, path: Path) -> tuple[dict[str, Record], int]:
    """The records, and how many bytes of the file are to stay: all but half a line at its end.

    Lines that are damaged are passed over, as is what newer versions add to a line; a file without
    any other line is no manifest.
    """
    records: dict[str, Record] = {}
    whole = strange = 0
    for line in iter(partial(file.readline, _MOST_LINE_BYTES), b""):
        record = _record(line)
        if record is None and _is_half(line):
            return records, whole  # of a run that was killed
        whole += len(line)
        if record is None:
            strange += 1
        else:
            records[record.name] = record
    if strange and not records:
        raise OptionsError(f"{path} is no manifest of a batch; name another file with --manifest")
    return records, whole


def _is_half(line: bytes) -> bool:
    """Whether a run began to write it. Whole JSON is somebody else's."""
    if line.endswith(b"\n") or not line.startswith(_BEGINNING[: len(line)]):
        return False
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return True
    return False


def _record(line: bytes) -> Record | None:
    """What a line says; None where no run wrote it."""
    known = {field.name for field in fields(Record)}
    try:
        values = json.loads(line)
        told = {name: value for name, value in values.items() if name in known}
        return Record(**{**told, "notes": tuple(map(str, values["notes"]))})
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _check_kind(file: FileIO | BufferedReader, path: Path) -> None:
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        raise OptionsError(f"{path} is a pipe or a device; name a file with --manifest")


def _lock(file: FileIO | BufferedReader, path: Path) -> None:
    try:
        import fcntl
    except ImportError:  # not on Windows
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise OptionsError(f"another batch is running with {path}; wait until it ends") from error
