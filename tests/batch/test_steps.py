"""What a failing disk does to one photo, and to the run after it."""

import errno
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from litedenoise_sdk.batch.folders import LocalFolder
from litedenoise_sdk.batch.local import run_batch
from litedenoise_sdk.batch.manifest import Manifest, Record
from litedenoise_sdk.batch.recipe import Recipe
from litedenoise_sdk.options import Strength

RECIPE = Recipe(precision="int8", strength=Strength(0, 0))


class LateError(LocalFolder):
    """A folder where each file is written, and closing it fails."""

    def write(self, name: str, data: bytes, modified_ns: int | None = None) -> None:
        LocalFolder.write(self, name, data, modified_ns)
        raise OSError(errno.EIO, "Input/output error")


def run(source: Path, target: LocalFolder) -> list[Record | None]:
    with Manifest(source.with_name("out.batch.jsonl")) as manifest:
        return list(run_batch(LocalFolder(source), target, manifest, RECIPE))


def test_error_after_a_result_was_written_costs_no_later_run(tmp_path: Path) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    Image.fromarray(np.zeros((16, 16, 3), np.uint8)).save(source / "a.png")
    (failed,) = run(source, LateError(target))
    assert failed is not None
    assert failed.status == "failed"
    (done,) = run(source, LocalFolder(target))
    assert done is not None
    assert done.status == "done"


class Interrupted(LocalFolder):
    """A folder whose second photo is not denoised any more, as SIGTERM comes before."""

    come = threading.Event()

    def pictures(self) -> Iterator[str]:
        yield from ("a.png", "b.png", "c.png")
        self.come.set()
        raise SystemExit(143)


class Slow(LocalFolder):
    """A folder that takes a result only after SIGTERM came."""

    def write(self, name: str, data: bytes, modified_ns: int | None = None) -> None:
        Interrupted.come.wait()
        LocalFolder.write(self, name, data, modified_ns)


def test_what_is_denoised_when_a_run_is_interrupted_is_written_and_recorded(tmp_path: Path) -> None:
    source, target = Interrupted(tmp_path / "in"), Slow(tmp_path / "out")
    source.root.mkdir()
    for name in ("a.png", "b.png", "c.png"):
        Image.fromarray(np.zeros((16, 16, 3), np.uint8)).save(source.root / name)
    with Manifest(tmp_path / "out.batch.jsonl") as manifest:
        with pytest.raises(SystemExit):
            list(run_batch(source, target, manifest, RECIPE))
        written = sorted(path.name for path in target.root.iterdir())
        assert {name: manifest.records[name].status for name in written} == {"a.png": "done"}


def test_a_file_where_a_folder_has_to_be_is_told_in_words(tmp_path: Path) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    (source / "sub").mkdir(parents=True)
    target.mkdir()
    Image.fromarray(np.zeros((16, 16, 3), np.uint8)).save(source / "sub/a.png")
    (target / "sub").write_bytes(b"somebody's own")
    (failed,) = run(source, LocalFolder(target))
    assert failed is not None
    assert failed.reason == f"{target / 'sub/a.png'}: {os.strerror(errno.ENOTDIR)}"
