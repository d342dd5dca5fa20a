"""The batch's benchmarks, on a few small photos."""

from pathlib import Path

from benchmarks.batch import __main__ as batch
from benchmarks.batch.album import contents, make_album
from benchmarks.batch.killed import kill_batch, manifest_of, run_batch
from benchmarks.record.results import load
from litedenoise_sdk.geometry import Size


def test_batch_and_bare_speed_are_compared(tmp_path: Path) -> None:
    saved = tmp_path / "batch.json"
    assert batch.main(["--photos", "3", "--size", "40x56", "--json", str(saved)]) == 0
    found = load(saved, "batch")
    assert found["photos done"] == 3
    assert found["ratio"] > 0


def test_killed_after_some_photos_a_batch_ends_as_an_undisturbed_one(tmp_path: Path) -> None:
    album, disturbed = tmp_path / "in", tmp_path / "disturbed"
    make_album(album, 12, Size(32, 48))
    run_batch(album, tmp_path / "undisturbed")
    for photos in (0, 4, 2):
        assert kill_batch(album, disturbed, photos) >= photos
    run_batch(album, disturbed)
    assert contents(disturbed) == contents(tmp_path / "undisturbed")
    assert sorted(one["name"] for one in manifest_of(disturbed)) == sorted(contents(album))
