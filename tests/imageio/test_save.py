"""Files: all or nothing, and never over another by accident."""

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from litedenoise_sdk.errors import OutputError
from litedenoise_sdk.imageio import Photo, check_target, decode, save
from tests.imageio.imageio_files import noise, pillow_png

PHOTO = Photo(noise((7, 9, 3)))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("a.png", "PNG"),
        ("a.PNG", "PNG"),
        ("a.jpg", "JPEG"),
        ("a.JPEG", "JPEG"),
        ("a.webp", "WEBP"),
        ("a.tif", "TIFF"),
        ("a.tiff", "TIFF"),
    ],
)
def test_the_suffix_names_the_format(tmp_path: Path, name: str, format: str) -> None:
    save(PHOTO, tmp_path / name)
    assert names(tmp_path) == [name]
    assert decode(tmp_path / name).metadata.format == format


@pytest.mark.parametrize("name", ["a", "a.gif", "a.bmp", "a.png.txt"])
def test_other_suffixes_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match="expected a name that ends in"):
        save(PHOTO, tmp_path / name)
    assert names(tmp_path) == []


def test_existing_files_are_left_unless_told(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    before = pillow_png(noise((4, 4, 3), seed=1))
    path.write_bytes(before)
    with pytest.raises(OutputError, match="exists"):
        save(PHOTO, path)
    assert path.read_bytes() == before
    save(PHOTO, path, overwrite=True)
    assert np.array_equal(decode(path).pixels, PHOTO.pixels)
    assert names(tmp_path) == ["a.png"]


def test_a_file_that_appears_meanwhile_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.png"
    fsync = os.fsync

    def fsync_while_another_writes(handle: int) -> None:
        fsync(handle)
        path.write_bytes(b"another's")

    monkeypatch.setattr(os, "fsync", fsync_while_another_writes)
    with pytest.raises(OutputError, match="exists"):
        save(PHOTO, path)
    assert path.read_bytes() == b"another's"
    assert names(tmp_path) == ["a.png"]


@pytest.mark.parametrize("taken", [False, True])
def test_file_systems_without_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: bool
) -> None:
    path = tmp_path / "a.png"

    def no_links(source: Any, target: Any) -> None:
        if taken:
            path.write_bytes(b"another's")
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    monkeypatch.delattr(os, "O_TMPFILE", raising=False)  # nor files without a name
    if taken:
        with pytest.raises(OutputError, match="exists"):
            save(PHOTO, path)
        assert path.read_bytes() == b"another's"
    else:
        save(PHOTO, path)
        assert decode(path).size.area == 63
    assert names(tmp_path) == ["a.png"]


def test_links_are_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "link.png"
    link.symlink_to(tmp_path / "real" / "a.png")
    save(PHOTO, link)
    with pytest.raises(OutputError, match="exists"):
        save(PHOTO, link)
    save(PHOTO, link, overwrite=True)
    assert link.is_symlink()
    assert names(tmp_path / "real") == ["a.png"]


def test_permissions_are_those_of_the_umask_or_of_the_file_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    umask = os.umask(0o027)
    try:
        save(PHOTO, path)
    finally:
        os.umask(umask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    path.chmod(0o604)
    save(PHOTO, path, overwrite=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o604


def test_missing_folders_and_folders_as_files(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="does not exist; make it"):
        save(PHOTO, tmp_path / "nowhere" / "a.png")
    (tmp_path / "b.png").mkdir()
    with pytest.raises(OutputError, match="is a folder"):
        save(PHOTO, tmp_path / "b.png", overwrite=True)
    (tmp_path / "c").write_bytes(b"")
    with pytest.raises(OutputError, match="does not exist"):
        save(PHOTO, tmp_path / "c" / "a.png")


def test_pipes_and_devices_are_left_even_when_told_to_overwrite(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "null.jpg").symlink_to(os.devnull)
    for name in ("pipe.jpg", "null.jpg"):
        with pytest.raises(OutputError, match=f"^[^ ]*{name} is a pipe or a device"):
            check_target(tmp_path / name, overwrite=True)


def test_read_only_files_are_left_even_when_told_to_overwrite(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"precious")
    path.chmod(0o444)
    with pytest.raises(OutputError, match="read-only"):
        save(PHOTO, path, overwrite=True)
    assert path.read_bytes() == b"precious"
    assert names(tmp_path) == ["a.png"]


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.ENOSPC])
def test_folders_that_take_no_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_: Any, **__: Any) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(OutputError, match=os.strerror(number)):
        save(PHOTO, tmp_path / "a.png")
    assert names(tmp_path) == []


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder nobody can write to")
def test_a_folder_that_nobody_can_write_to() -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        save(PHOTO, "/proc/self/a.png")


def _too_much(path: Path) -> None:
    """Runs in a child: files may have 20 kB, which is what a full disk looks like."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
    photo = Photo(noise((200, 200, 3)))
    try:
        save(photo, path, overwrite=True)
    except OutputError as error:
        print(error)
        sys.exit(7)


@pytest.mark.parametrize("suffix", [".png", ".tif", ".jpg", ".webp"])
def test_a_full_disk_leaves_nothing_and_the_input_untouched(tmp_path: Path, suffix: str) -> None:
    pytest.importorskip("resource")
    path = tmp_path / f"photo{suffix}"
    path.write_bytes(b"the input")
    code = f"from tests.imageio import test_save as t; t._too_much(t.Path({str(path)!r}))"
    root = Path(__file__).parents[2]
    child = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False
    )
    assert child.returncode == 7, child.stderr
    assert f"{path} cannot be written: File too large" in child.stdout
    assert path.read_bytes() == b"the input"
    assert names(tmp_path) == [path.name]


@pytest.mark.parametrize("raised", [KeyboardInterrupt, MemoryError])
def test_interruptions_leave_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raised: type[BaseException]
) -> None:
    def interrupt(handle: int) -> None:
        raise raised

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(raised):
        save(PHOTO, tmp_path / "a.png")
    assert names(tmp_path) == []


def test_pictures_too_large_for_the_format_leave_nothing(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="16383"):
        save(Photo(np.zeros((1, 16_384, 3), np.uint8)), tmp_path / "a.webp")
    assert names(tmp_path) == []


def test_targets_can_be_checked_before_the_work(tmp_path: Path) -> None:
    assert check_target(tmp_path / "a.png") == Path(os.path.realpath(tmp_path / "a.png"))
    (tmp_path / "a.png").write_bytes(b"")
    with pytest.raises(OutputError, match="exists"):
        check_target(tmp_path / "a.png")
    check_target(tmp_path / "a.png", overwrite=True)


def test_output_errors_are_os_errors_too() -> None:
    with pytest.raises(OSError, match="does not exist"):
        save(PHOTO, "/nowhere/at/all/a.png")
