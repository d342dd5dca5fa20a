"""What both commands say of files that are no photos, of damage, of animations, and of dates."""

import errno
import io
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from litedenoise_sdk.batch.folders import LocalFolder
from litedenoise_sdk.cli.main import main
from litedenoise_sdk.imageio import decode
from tests.imageio.imageio_files import jpeg, noise, smooth

Output = pytest.CaptureFixture[str]
COMMANDS = ("denoise", "batch")
LONG_AGO_NS = 1_000_000_000_123_456_700


@pytest.fixture
def album(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(jpeg(smooth(40, 48)))
    return folder


def call(command: str, album: Path, *options: str) -> int:
    target = str(album.parent / f"{command}-out")
    separator = ["-o"] if command == "denoise" else []
    return main([command, str(album), *separator, target, "--precision", "int8", *options])


def animation(format: str) -> bytes:
    file = io.BytesIO()
    frames = [Image.fromarray(noise((32, 32, 3), seed=seed)) for seed in range(3)]
    frames[0].save(file, format, save_all=True, append_images=frames[1:], lossless=True)
    return file.getvalue()


@pytest.mark.parametrize("command", COMMANDS)
def test_files_that_are_skipped_are_counted_by_kind(
    command: str, album: Path, capsys: Output
) -> None:
    for name in ("b.mov", "c.MP4", "d.txt", ".hidden"):
        (album / name).touch()
    assert call(command, album) == 0
    assert "3 skipped: 2 videos; 1 other file" in capsys.readouterr().out
    assert call(command, album, "--json", *(["--overwrite"] if command == "denoise" else [])) == 0
    assert json.loads(capsys.readouterr().out)["skipped"] == {"video": 2, "other file": 1}


@pytest.mark.parametrize("command", COMMANDS)
def test_strict_refuses_what_viewers_still_show(command: str, album: Path, capsys: Output) -> None:
    (album / "a.jpg").write_bytes(jpeg(smooth(40, 48))[:-2])
    assert call(command, album, "--strict") == 1
    assert "end marker" in capsys.readouterr().err
    assert call(command, album) == 0
    assert "end marker" in capsys.readouterr().out


@pytest.mark.parametrize("command", COMMANDS)
def test_dates_are_kept_when_asked_for(command: str, album: Path) -> None:
    os.utime(album / "a.jpg", ns=(LONG_AGO_NS, LONG_AGO_NS))
    result = album.parent / f"{command}-out" / "a.jpg"
    assert call(command, album) == 0
    assert result.stat().st_mtime_ns != LONG_AGO_NS
    shutil.rmtree(result.parent)
    assert call(command, album, "--keep-dates") == 0
    assert result.stat().st_mtime_ns == LONG_AGO_NS


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG", "AVIF"])
def test_the_first_frame_of_an_animation_on_request(format: str, tmp_path: Path) -> None:
    data = animation(format)
    photo = decode(data, first_frame=True)
    assert "first of 3 frames" in photo.notes[0]
    if format in ("WEBP", "PNG"):
        assert np.array_equal(photo.pixels, noise((32, 32, 3), seed=0))
    path = tmp_path / f"a.{format.lower()}"
    path.write_bytes(data)
    arguments = ["denoise", str(path), "-o", f"{tmp_path}/out/", "--precision", "int8"]
    assert main(arguments) == 1
    assert main([*arguments, "--first-frame"]) == 0


def test_notes_of_a_batch_reach_the_terminal_and_the_manifest(album: Path, capsys: Output) -> None:
    (album / "a.jpg").write_bytes(jpeg(smooth(40, 48))[:-2])
    assert call("batch", album) == 0
    said = capsys.readouterr()
    assert "ends early" in said.out + said.err
    records = (album.parent / "batch-out.batch.jsonl").read_text().splitlines()
    assert "ends early" in json.loads(records[-1])["notes"][0]
    assert call("batch", album, "--overwrite", "--quiet") == 0
    assert "".join(capsys.readouterr()) == ""


def test_a_full_disk_stops_the_batch(
    album: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        shutil.copy(album / "a.jpg", album / f"{number}.jpg")

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(LocalFolder, "write", refuse)
    assert call("batch", album) == 1
    said = capsys.readouterr().err
    assert "no room left" in said
    assert said.count(os.strerror(errno.ENOSPC)) < 6


def test_a_name_without_an_ending_says_how_folders_are_named(album: Path, capsys: Output) -> None:
    assert main(["denoise", str(album / "a.jpg"), "-o", str(album.parent / "out")]) == 1
    assert f"{album.parent / 'out'}/" in capsys.readouterr().err


def test_a_video_on_the_command_line_is_told_about_itself(tmp_path: Path, capsys: Output) -> None:
    video = tmp_path / "a.mov"
    video.write_bytes(b"\0\0\0\x18ftypqt  " + bytes(20))
    assert main(["denoise", str(video), "-o", f"{tmp_path}/out/"]) == 1
    assert "video files are not read" in capsys.readouterr().err
