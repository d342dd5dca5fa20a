"""What a shell may do to the command's streams, and what file names may hold."""

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from litedenoise_sdk.cli.main import main
from litedenoise_sdk.cli.plain import printable

COMMAND = Path(sysconfig.get_path("scripts")) / "litedenoise"


def test_nobody_reads_what_is_printed() -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            [COMMAND, "info", "int8", "--json"], stdout=write, stderr=subprocess.PIPE, check=False
        )
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (141, b"")


def test_closed_streams_are_not_taken_by_files(tmp_path: Path) -> None:
    program = (
        "import os, sys\n"
        "for descriptor in (0, 1, 2): os.close(descriptor)\n"
        "sys.stdin = sys.stdout = sys.stderr = None\n"
        "from litedenoise_sdk.cli.main import main\n"
        "code = main(['denoise', 'missing.jpg', '-o', 'out.jpg'])\n"
        "file = os.open('photo', os.O_CREAT | os.O_WRONLY)\n"
        "os.write(2, b'said by a library')\n"
        "os._exit(10 * (file > 2) + code)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=False)
    assert done.returncode == 11
    assert (tmp_path / "photo").read_bytes() == b""


def test_folder_that_cannot_be_listed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert main(["denoise", str(tmp_path), "-o", str(tmp_path / "out")]) == 1
    assert "cannot be listed: Permission denied" in capsys.readouterr().err


def test_pipes_are_refused_instead_of_waited_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(tmp_path / "photo.jpg")
    assert main(["denoise", str(tmp_path / "photo.jpg"), "-o", str(tmp_path / "out.jpg")]) == 1
    assert "is a pipe or a device" in capsys.readouterr().err


def test_escape_codes_in_names_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["denoise", "\x1b[2Jgone.jpg", "-o", "out.jpg"]) == 1
    error = capsys.readouterr().err
    assert "\\x1b[2Jgone.jpg" in error
    assert "\x1b" not in error


@pytest.mark.parametrize(
    ("text", "shown"), [("plain ü\t", "plain ü\t"), ("\x9b2J\x07\n", "\\x9b2J\\x07\\n")]
)
def test_printable(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_names_in_json_are_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    name = "\x9b2J\n\udcff\u202e\U000e0001.jpg"
    assert main(["denoise", name, "-o", "out.jpg", "--json"]) == 1
    printed = capsys.readouterr().out
    assert printed.isascii()
    assert json.loads(printed)["files"][0]["input"] == name
