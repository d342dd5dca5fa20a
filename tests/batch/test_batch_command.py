"""A folder of photos: done once, resumed, never half-written, told about in a manifest."""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from litedenoise_sdk import Denoiser
from litedenoise_sdk.batch.manifest import Manifest
from litedenoise_sdk.cli.main import main
from litedenoise_sdk.runtime.auto.verdict import Verdict

COMMAND = str(Path(sysconfig.get_path("scripts")) / "litedenoise")
NAMES = ("a.png", "b.jpg", "deeper/c.png", "deeper/d.tif", "e ü.webp")
Output = pytest.CaptureFixture[str]


@pytest.fixture
def album(tmp_path: Path) -> Path:
    for seed, name in enumerate(NAMES):
        picture(tmp_path / "in" / name, seed)
    (tmp_path / "in" / "notes.txt").write_text("no picture")
    (tmp_path / "in" / ".hidden.jpg").write_text("no picture either")
    return tmp_path


def picture(path: Path, seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    values = np.random.default_rng(seed).integers(80, 160, (40, 56, 3), np.uint8)
    Image.fromarray(values).save(path)


def command(album: Path, *options: str) -> list[str]:
    return ["batch", str(album / "in"), str(album / "out"), "--precision", "int8", *options]


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def records(album: Path) -> list[dict[str, Any]]:
    """What became of the photos; that they were in work is left out."""
    lines = (album / "out.batch.jsonl").read_text(encoding="utf-8").splitlines()
    return [record for line in lines if (record := json.loads(line))["status"] != "started"]


def test_every_photo_is_denoised_in_its_own_place_and_recorded(album: Path, capsys: Output) -> None:
    assert main(command(album)) == 0
    assert set(contents(album / "out")) == set(NAMES)
    assert {record["name"] for record in records(album)} == set(NAMES)
    with Denoiser("int8") as denoiser:
        expected = denoiser.denoise(album / "in/a.png")
    with Image.open(album / "out/a.png") as result:
        np.testing.assert_array_equal(result, expected)
    assert "5 denoised, 0 failed, 0 unchanged" in capsys.readouterr().out


def test_what_is_unchanged_is_skipped_and_what_changed_is_done_again(
    album: Path, capsys: Output
) -> None:
    assert main(command(album)) == 0
    picture(album / "in/a.png", 99)  # another photo of the same name
    (album / "out/deeper/c.png").unlink()
    (album / "in/e ü.webp").touch()  # the same content
    capsys.readouterr()
    assert main(command(album, "--json")) == 0
    summary = json.loads(capsys.readouterr().out)
    assert (summary["denoised"], summary["unchanged"]) == (2, 3)
    assert {record["name"] for record in records(album)[5:]} == {"a.png", "deeper/c.png"}


def test_files_that_the_batch_did_not_write_are_kept(album: Path, capsys: Output) -> None:
    (album / "out").mkdir()
    (album / "out/a.png").write_bytes(b"somebody's own")
    assert main(command(album)) == 1
    assert (
        "a.png: OUT holds another a.png, which this batch did not write" in capsys.readouterr().err
    )
    edited = (album / "out/b.jpg").read_bytes() + b"keywords"
    (album / "out/b.jpg").write_bytes(edited)
    assert main(command(album, "--strength", "0.5")) == 1
    assert "changed since" in capsys.readouterr().err
    assert (album / "out/a.png").read_bytes() == b"somebody's own"
    assert (album / "out/b.jpg").read_bytes() == edited
    assert main(command(album, "--overwrite")) == 0
    with Image.open(album / "out/a.png") as result:
        assert result.size == (56, 40)
    assert main(command(album)) == 0


def test_a_result_that_was_written_but_not_recorded_is_ones_own(album: Path) -> None:
    assert main(command(album)) == 0
    manifest = album / "out.batch.jsonl"
    lines = manifest.read_text(encoding="utf-8").splitlines()
    cut = [line for line in lines if not ('"a.png"' in line and '"done"' in line)]
    manifest.write_text("".join(f"{line}\n" for line in cut), encoding="utf-8")
    assert main(command(album)) == 0
    (album / "out/a.png").write_bytes(b"somebody's own")
    manifest.write_text("".join(f"{line}\n" for line in cut), encoding="utf-8")
    assert main(command(album)) == 1
    assert (album / "out/a.png").read_bytes() == b"somebody's own"


def test_links_in_out_lead_nowhere_else(album: Path, capsys: Output) -> None:
    (album / "out").mkdir()
    (album / "out/deeper").symlink_to(album / "in/deeper")
    before = contents(album / "in")
    assert main(command(album, "--overwrite")) == 1
    assert "through a link out of the folder" in capsys.readouterr().err
    assert contents(album / "in") == before


def test_pipes_do_not_stop_a_batch(album: Path, capsys: Output) -> None:
    os.mkfifo(album / "in/pipe.jpg")
    assert main(command(album)) == 1
    assert "pipe.jpg is a pipe" in capsys.readouterr().err


def test_out_may_be_the_folder_above(
    album: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(album)
    assert main(["batch", "in", ".", "--precision", "int8", "--quiet"]) == 0
    assert (album / "a.png").is_file()
    assert album.with_name(f"{album.name}.batch.jsonl").is_file()


def test_a_damaged_line_costs_one_record(album: Path, capsys: Output) -> None:
    assert main(command(album)) == 0
    manifest = album / "out.batch.jsonl"
    manifest.write_bytes(b'{"name": "a newer one", "colour": 1}\n' + manifest.read_bytes())
    capsys.readouterr()
    assert main(command(album)) == 0
    assert "5 unchanged" in capsys.readouterr().out


def test_another_strength_is_another_result(album: Path, capsys: Output) -> None:
    assert main(command(album, "--strength", "0.5", "--json")) == 0
    assert main(command(album, "--strength", "0.5", "--threads", "1", "--json")) == 0
    assert main(command(album, "--strength", "0.5", "--luma", "1", "--json")) == 0
    counts = capsys.readouterr().out.split('"unchanged": ')[1:]
    assert [int(count[0]) for count in counts] == [0, 5, 0]


def test_another_processor_is_another_result(
    album: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(command(album)) == 0
    assert {record["processor"] for record in records(album)} == {"cpu"}
    npu = Verdict("npu", "npu is the fastest that computes the same", ())
    monkeypatch.setattr("litedenoise_sdk.batch.recipe.decide", lambda *_: npu)
    assert main(command(album, "--dry-run")) == 0
    assert "5 would be denoised" in capsys.readouterr().out


def test_two_batches_into_one_folder_leave_each_others_work(album: Path) -> None:
    (album / "out/deeper").mkdir(parents=True)
    theirs = album / "out/deeper/.litedenoise-0123456789abcdef.tmp"
    with open(theirs, "xb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert main(command(album, "--quiet")) == 0
        assert theirs.exists()
    assert main(command(album, "--quiet")) == 0
    assert not theirs.exists()


def test_one_bad_photo_fails_with_a_reason_and_is_tried_again(album: Path, capsys: Output) -> None:
    broken = album / "in/broken.png"
    broken.write_bytes((album / "in/a.png").read_bytes()[:100])
    assert main(command(album)) == 1
    assert "broken.png: " in capsys.readouterr().err
    (record,) = (one for one in records(album) if one["status"] == "failed")
    assert record["name"] == "broken.png"
    assert "cut short" in record["reason"]
    assert "broken.png" not in contents(album / "out")
    shutil.copy(album / "in/a.png", broken)
    assert main(command(album)) == 0


def test_dry_run_says_what_would_be_done_and_writes_nothing(album: Path, capsys: Output) -> None:
    assert main(command(album, "--dry-run")) == 0
    assert "5 would be denoised, 0 are unchanged" in capsys.readouterr().out
    assert sorted(path.name for path in album.iterdir()) == ["in"]
    assert main(command(album, "--quiet")) == 0
    picture(album / "in/a.png", 99)
    assert main(command(album, "--dry-run", "--json")) == 0
    assert json.loads(capsys.readouterr().out) == {
        "would_denoise": 1,
        "unchanged": 4,
        "unlisted": 0,
        "skipped": {"other file": 1},
    }


def test_killed_after_every_photo_the_end_is_the_same(album: Path) -> None:
    undisturbed = album / "undisturbed"
    arguments = ["batch", str(album / "in"), str(undisturbed), "--precision", "int8"]
    assert main([*arguments, "--quiet"]) == 0
    told: list[str] = []
    while len(told) < len(NAMES):
        with subprocess.Popen([COMMAND, *command(album)], stdout=subprocess.PIPE, text=True) as run:
            assert run.stdout is not None
            told.append(run.stdout.readline())
            run.send_signal(signal.SIGKILL)
    # As if killed while writing, too.
    (album / "out/.litedenoise-0123456789abcdef.tmp").write_bytes(b"half")
    with open(album / "out.batch.jsonl", "a", encoding="utf-8") as manifest:
        manifest.write('{"name": "a.p')
    assert main(command(album)) == 0
    assert contents(album / "out") == contents(undisturbed)
    names = [line.rpartition(" (")[0] for line in told if " (" in line]
    assert len(names) == len(set(names))
    done = [record["name"] for record in records(album)]
    assert sorted(done) == sorted(NAMES)


def test_names_that_are_not_text(album: Path) -> None:
    name = os.fsdecode(b"\xff\n.png")
    shutil.copy(album / "in/a.png", album / "in" / name)
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8:strict"}
    run = subprocess.run([COMMAND, *command(album)], env=environment, capture_output=True)
    assert run.returncode == 0
    assert b"\\udcff" in run.stdout
    assert (album / "out" / name).is_file()


def test_folders_that_cannot_be_listed_are_told(album: Path, capsys: Output) -> None:
    # No system call takes a path of more than 4096 bytes, whoever asks.
    inner = os.open(album / "in", os.O_RDONLY)
    for _ in range(20):
        os.mkdir("d" * 250, dir_fd=inner)
        outer, inner = inner, os.open("d" * 250, os.O_RDONLY, dir_fd=inner)
        os.close(outer)
    os.close(inner)
    assert main(command(album, "--dry-run")) == 1
    written = capsys.readouterr()
    assert "ddd/: its photos cannot be listed" in written.err
    assert "5 would be denoised" in written.out
    assert main(command(album)) == 1
    written = capsys.readouterr()
    assert "ddd/: its photos cannot be listed: File name too long" in written.err
    assert "5 denoised, 1 failed" in written.out
    (failure,) = (record for record in records(album) if record["status"] == "failed")
    assert failure["name"].endswith("ddd/")


def test_linked_folders_are_told_and_not_followed(album: Path, capsys: Output) -> None:
    (album / "in" / "round").symlink_to(album / "in")
    assert main(command(album)) == 1
    written = capsys.readouterr()
    assert "round/: its photos cannot be listed: it is a link to another folder" in written.err
    assert "5 denoised, 1 failed" in written.out


def test_two_runs_at_once_are_refused(album: Path, capsys: Output) -> None:
    with Manifest(album / "out.batch.jsonl"):
        assert main(command(album)) == 2
    assert "another batch is running" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (["missing", "out"], "expected a folder of photos"),
        (["in", "in/out"], "OUT must lie outside IN"),
        (["in", "in"], "OUT must lie outside IN"),
        (["in", ""], "an empty one"),
        (["", "out"], "an empty one"),
        (["in", "/"], "--manifest"),
        (["in", ".", "--overwrite"], "--overwrite could replace"),
        (["in", "memory://out"], "--manifest"),
        (["in", "out", "--strength", "2"], "strength"),
        (["in", "out", "--threads", "0"], "threads"),
        (["in", "out", "--manifest", "in/a.png"], "no manifest"),
    ],
)
def test_wrong_usage(
    album: Path, change: list[str], message: str, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(album)
    assert main(["batch", *change]) == 2
    assert message in capsys.readouterr().err
