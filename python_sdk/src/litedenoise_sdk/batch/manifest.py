"""What became of every photo: one JSON line each, appended when its result is on the disk."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Literal, Self

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
    reason: str | None = None
    notes: tuple[str, ...] = field(default=())


class Manifest:
    """The records of a batch, in a file that one run at a time holds.

    A run that was killed may leave half a line, which is taken away; of several records of a photo
    the last one counts.

    Attributes:
        records: the last record of every photo, by name.

    Raises:
        OptionsError: another run holds the file, or it is no manifest.
        OutputError: it cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file: BinaryIO = open(path, "a+b")  # noqa: SIM115  (held until close)
        except OSError as error:
            raise OutputError(f"{path} cannot be written: {error.strerror}") from error
        _lock(self._file, path)
        self._file.seek(0)
        try:
            self.records, whole = _parse(self._file, path)
        except OptionsError:
            self._file.close()
            raise
        if whole < self._file.tell():
            self._file.truncate(whole)

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
        try:
            self._file.write(json.dumps(asdict(record)).encode() + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise OutputError(f"the manifest cannot be written: {error.strerror}") from error

    def close(self) -> None:
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
        with open(path, "rb") as file:
            return _parse(file, path)[0]
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise OutputError(f"{path} cannot be read: {error.strerror}") from error


def _parse(file: BinaryIO, path: Path) -> tuple[dict[str, Record], int]:
    """The records, and the bytes of the lines that are whole.

    Lines that are damaged or of a newer version are passed over; a file without any other line
    is no manifest.
    """
    records: dict[str, Record] = {}
    whole = strange = 0
    for line in file:
        if not line.endswith(b"\n"):
            strange += not line.startswith(b"{")
            break
        whole += len(line)
        try:
            values = json.loads(line)
            record = Record(**{**values, "notes": tuple(values["notes"])})
            records[record.name] = record
        except (ValueError, TypeError, KeyError, RecursionError):
            strange += 1
    if strange and not records:
        raise OptionsError(f"{path} is no manifest of a batch; name another file with --manifest")
    return records, whole


def _lock(file: BinaryIO, path: Path) -> None:
    try:
        import fcntl
    except ImportError:  # not on Windows
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise OptionsError(f"another batch is running with {path}; wait until it ends") from error
