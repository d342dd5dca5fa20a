"""Files appear whole or not at all, and killed writers leave nothing that the next run keeps."""

import errno
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from litedenoise_sdk.whole_file import tidy, whole_file

_WRITER = """
import os, signal, sys
from pathlib import Path
from litedenoise_sdk.whole_file import whole_file
if sys.argv[2] == "named":
    del os.O_TMPFILE
with whole_file(Path(sys.argv[1], "photo.png"), overwrite=sys.argv[3] == "over") as file:
    file.write(b"half")
    file.flush()
    print("writing", flush=True)
    signal.pause()
"""


@pytest.fixture(params=["unnamed", "named"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With files that have no name before they are complete, and as on systems without them."""
    if request.param == "named":
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    return str(request.param)


@pytest.mark.parametrize("overwrite", [False, True])
def test_file_appears_when_it_is_complete(tmp_path: Path, way: str, overwrite: bool) -> None:
    umask = os.umask(0o027)
    try:
        with whole_file(tmp_path / "a", overwrite=overwrite) as file:
            file.write(b"whole")
            assert not (tmp_path / "a").exists()
    finally:
        os.umask(umask)
    assert os.listdir(tmp_path) == ["a"]
    assert (tmp_path / "a").read_bytes() == b"whole"
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640


def test_existing_file_stays_or_is_replaced_with_its_permissions(tmp_path: Path, way: str) -> None:
    target = tmp_path / "a"
    target.write_bytes(b"old")
    target.chmod(0o604)
    with pytest.raises(FileExistsError), whole_file(target, overwrite=False) as file:
        file.write(b"new")
    assert target.read_bytes() == b"old"
    with whole_file(target, overwrite=True) as file:
        file.write(b"new")
    assert (target.read_bytes(), target.stat().st_mode & 0o777) == (b"new", 0o604)
    assert os.listdir(tmp_path) == ["a"]


@pytest.mark.parametrize("call", ["fsync", "link", "replace"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EDQUOT])
def test_failing_system_calls_leave_everything_as_it_was(
    tmp_path: Path, way: str, call: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "a"
    target.write_bytes(b"old")

    def fail(*_: Any, **__: Any) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, call, fail)
        # Replacing a file that has a temporary name needs no link.
        fails = (way, call) != ("named", "link")
        with (
            pytest.raises(OSError, match=re.escape(os.strerror(number)))
            if fails
            else nullcontext(),
            whole_file(target, overwrite=True) as file,
        ):
            file.write(b"new")
    assert target.read_bytes() == (b"old" if fails else b"new")
    assert os.listdir(tmp_path) == ["a"]


def test_block_that_fails_leaves_nothing(tmp_path: Path, way: str) -> None:
    with pytest.raises(KeyError), whole_file(tmp_path / "a", overwrite=False):
        raise KeyError
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("overwrite", ["new", "over"])
def test_killed_writers(tmp_path: Path, way: str, overwrite: str) -> None:
    command = [sys.executable, "-c", _WRITER, str(tmp_path), way, overwrite]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "writing\n"
        tidy(tmp_path)  # another run, which leaves what is in work
        assert len(os.listdir(tmp_path)) == (way == "named")
        writer.send_signal(signal.SIGKILL)
    assert len(os.listdir(tmp_path)) == (way == "named")
    tidy(tmp_path)
    assert os.listdir(tmp_path) == []


def test_tidying_harms_nothing_else(tmp_path: Path) -> None:
    kept: list[Callable[[Path], object]] = [
        lambda path: (path / "photo.tmp").touch(),
        lambda path: (path / ".litedenoise-notes").touch(),
        lambda path: (path / ".litedenoise-0.tmp").mkdir(),
    ]
    for make in kept:
        make(tmp_path)
    before = sorted(os.listdir(tmp_path))
    tidy(tmp_path)
    tidy(tmp_path / "missing")
    assert sorted(os.listdir(tmp_path)) == before
