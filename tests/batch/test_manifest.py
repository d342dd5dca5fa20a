"""The manifest keeps what it can read, and takes nothing from files that are none."""

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest

from litedenoise_sdk.batch.manifest import Manifest, Record, read_manifest
from litedenoise_sdk.errors import OptionsError, OutputError


def record(name: str) -> Record:
    return Record(name=name, status="done", recipe="0" * 16, target_sha256="1" * 64)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out.batch.jsonl"


@pytest.mark.parametrize(
    "content",
    [
        b'{"name": "package", "version": "1.0"}',
        b'{"name": "package", "version": "1.0"}\n',
        b'{"a": 1}',
        b"plain text",
        b"plain text\n",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"[" * 100_000,
        b'{"name": ' + b"[" * 100_000 + b"\n",
        b'{"name": "a", "status": "done", "recipe": ' + b"9" * 5000 + b"}\n",
        b'{"name": 1, "status": "done", "recipe": "r", "notes": []}\n',
        b'{"name": "a", "status": "lost", "recipe": "r", "notes": []}\n',
    ],
)
def test_other_files_are_refused_and_stay_as_they_are(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(OptionsError, match="no manifest"):
        Manifest(path)
    with pytest.raises(OptionsError, match="no manifest"):
        read_manifest(path)
    assert path.read_bytes() == content


def test_pipes_are_refused(path: Path) -> None:
    os.mkfifo(path)
    with pytest.raises(OptionsError, match="a pipe or a device"):
        Manifest(path)
    with pytest.raises(OptionsError, match="a pipe or a device"):
        read_manifest(path)


def test_half_a_line_is_taken_away_and_damaged_ones_passed_over(path: Path) -> None:
    with Manifest(path) as manifest:
        manifest.add(record("a"))
    whole = path.read_bytes()
    path.write_bytes(b"nonsense\n" + whole + b'{"name": "b", "sta')
    with Manifest(path) as manifest:
        assert manifest.records == {"a": record("a")}
        manifest.add(record("c"))
    assert path.read_bytes().startswith(b"nonsense\n" + whole + b'{"name": "c"')
    assert set(read_manifest(path)) == {"a", "c"}


def test_killed_in_the_first_line(path: Path) -> None:
    path.write_bytes(b'{"na')
    with Manifest(path) as manifest:
        assert manifest.records == {}


def test_last_line_without_its_end_is_kept(path: Path) -> None:
    with Manifest(path) as manifest:
        manifest.add(record("a"))
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    with Manifest(path) as manifest:
        manifest.add(record("b"))
    assert set(read_manifest(path)) == {"a", "b"}


def test_lines_of_newer_versions_are_understood(path: Path) -> None:
    with Manifest(path) as manifest:
        manifest.add(record("a"))
    path.write_text(json.dumps({**json.loads(path.read_text()), "colour": "new"}) + "\n")
    assert read_manifest(path) == {"a": record("a")}


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_full_disk_is_told_once_and_leaves_no_half_line(
    path: Path, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with Manifest(path) as manifest:
        manifest.add(record("a"))
        before = path.read_bytes()
        with monkeypatch.context() as patch:
            if call == "fsync":
                patch.setattr(os, "fsync", full)
            else:
                patch.setattr(manifest, "_file", _Short(manifest._file))
            with pytest.raises(OutputError, match="No space left"):
                manifest.add(record("b"))
        assert path.read_bytes() == before
        manifest.add(record("c"))
    assert set(read_manifest(path)) == {"a", "c"}


class _Short:
    """A file on a disk that has room for ten bytes more."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def write(self, data: bytes) -> int:
        return int(self._file.write(data[:10]))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)
