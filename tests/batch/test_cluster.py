"""The batch on a Ray cluster of two nodes: the same files, also when a worker or node is killed."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import psutil
import pytest
from PIL import Image

from benchmarks.batch.on_ray import kill_a_node, two_nodes
from litedenoise_sdk.batch.cluster import run_on_ray
from litedenoise_sdk.batch.folders import open_folder
from litedenoise_sdk.batch.local import run_batch
from litedenoise_sdk.batch.manifest import Manifest, Record
from litedenoise_sdk.batch.recipe import Recipe

pytestmark = pytest.mark.slow

RECIPE = Recipe(precision="int8", threads=1, max_memory_mb=150)
NAMES = [f"{number:02}.png" for number in range(12)]


@pytest.fixture(scope="module", autouse=True)
def cluster() -> Iterator[Any]:
    with two_nodes() as cluster:
        yield cluster


@pytest.fixture
def album(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    for seed, name in enumerate(NAMES):
        values = np.random.default_rng(seed).integers(80, 160, (96, 128, 3), np.uint8)
        Image.fromarray(values).save(tmp_path / "in" / name)
    return tmp_path


def run(album: Path, target: str) -> Iterator[Record | None]:
    source = open_folder(str(album / "in"), must_exist=True)
    with Manifest(album / "manifest.jsonl") as manifest:
        yield from run_on_ray(source, open_folder(target), manifest, RECIPE)


def kill_a_worker() -> None:
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # it may have ended by itself meanwhile
            if "ray::Worker" in " ".join(process.cmdline()):
                process.kill()
                return
    raise AssertionError("no worker is running")


def check_nothing_is_lost(album: Path, told: list[Record | None]) -> None:
    """Every photo came out once, as without Ray."""
    assert sorted(record.name for record in told if record) == NAMES
    assert {record.status for record in told if record} == {"done"}
    with Manifest(album / "local.jsonl") as manifest:
        folders = open_folder(str(album / "in")), open_folder(str(album / "local"))
        list(run_batch(*folders, manifest, RECIPE))
    for name in NAMES:
        assert (album / "out" / name).read_bytes() == (album / "local" / name).read_bytes()


def test_a_killed_worker_loses_nothing(album: Path) -> None:
    records = run(album, str(album / "out"))
    told = [next(records)]
    kill_a_worker()
    told += records
    check_nothing_is_lost(album, told)
    assert list(run(album, str(album / "out"))) == [None] * len(NAMES)


def test_paths_go_through_fsspec(album: Path) -> None:
    told = list(run(album, f"file://{album}/remote"))
    assert len(told) == len(NAMES)
    files = fsspec.filesystem("file").ls(str(album / "remote"), detail=False)
    assert sorted(Path(file).name for file in files) == NAMES


def test_a_killed_node_loses_nothing_though_no_other_takes_its_place(
    album: Path, cluster: Any
) -> None:
    records = run(album, str(album / "out"))
    told = [next(records)]
    kill_a_node(cluster)
    told += records
    check_nothing_is_lost(album, told)
