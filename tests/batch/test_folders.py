"""Folders of this machine and of fsspec are the same to a batch."""

import pickle
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from litedenoise_sdk import LiteDenoiseError, OptionsError
from litedenoise_sdk.batch.folders import Folder, LocalFolder, RemoteFolder, open_folder


@pytest.fixture(params=["path", "file", "memory", "s3"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Folder]:
    places = {"path": str(tmp_path), "file": f"file://{tmp_path}", "memory": "memory://album"}
    if request.param == "s3":
        place = f"{request.getfixturevalue('bucket')}/album"
    else:
        place = places[request.param]
    yield open_folder(place)
    fsspec.filesystem("memory").store.clear()


def test_pictures_are_found_in_an_order_that_stays(folder: Folder) -> None:
    for name in ("b.JPG", "a.png", "deeper/c.tif", "x.txt", ".hidden.png", ".thumbs/a.png"):
        folder.write(name, b"data")
    assert sorted(folder.pictures()) == ["a.png", "b.JPG", "deeper/c.tif"]
    assert list(folder.pictures()) == list(folder.pictures())


def test_what_was_written_is_read(folder: Folder) -> None:
    folder.write("deeper/a.png", b"old")
    folder.write("deeper/a.png", b"new")
    assert folder.read("deeper/a.png") == b"new"
    with pytest.raises(OSError, match=r"b\.png"):
        folder.read("b.png")


def test_it_travels_to_other_processes(folder: Folder) -> None:
    folder.write("a.png", b"data")
    assert pickle.loads(pickle.dumps(folder)).read("a.png") == b"data"


def test_leftovers_of_a_killed_run_are_removed(tmp_path: Path) -> None:
    folder = LocalFolder(tmp_path)
    folder.write("deeper/a.png", b"data")
    (tmp_path / "deeper/.litedenoise-12.tmp").write_bytes(b"half")
    folder.tidy()
    assert [path.name for path in (tmp_path / "deeper").iterdir()] == ["a.png"]


def test_places_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(OptionsError, match="expected a folder"):
        open_folder(str(tmp_path / "missing"), must_exist=True)
    with pytest.raises(OptionsError, match="expected a folder"):
        open_folder("memory://missing", must_exist=True)
    with pytest.raises(LiteDenoiseError, match="cannot be opened"):
        RemoteFolder("nowhere://x")
