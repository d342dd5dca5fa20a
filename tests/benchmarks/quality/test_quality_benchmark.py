"""The quality command over a small set of its own."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from benchmarks.common.pairs import RGB, pairs_in
from benchmarks.quality import __main__ as quality
from benchmarks.quality.evaluation import Evaluation, evaluate
from benchmarks.quality.methods import METHODS, Method, installed_methods


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two pairs: a smooth picture and the same with noise."""
    folder = tmp_path_factory.mktemp("pairs")
    rng = np.random.default_rng(0)
    for name, level in (("dim", 60), ("light", 120)):
        ramp = np.linspace(level, level + 60, 48)[:, None, None]
        clean = np.broadcast_to(ramp, (48, 64, 3))
        noisy = np.clip(clean + rng.normal(0, 8, clean.shape), 0, 255)
        for ending, pixels in (("mean", clean), ("real", noisy)):
            Image.fromarray(np.rint(pixels).astype(np.uint8)).save(folder / f"{name}_{ending}.png")
    return folder


def run(folder: Path, *arguments: str) -> int:
    return quality.main(["--pairs", str(folder), *arguments])


def test_table_json_and_pictures(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved, drawn = tmp_path / "results.json", tmp_path / "drawn"
    methods = ["noisy", "wavelet", "total-variation", "non-local-means", "litedenoise-int8"]
    options = ["--json", str(saved), "--pictures", str(drawn), "--per-picture"]
    assert run(folder, "--methods", *methods, *options) == 0
    out = capsys.readouterr().out
    assert all(method in out for method in methods)
    assert "best of 14 on 2" in out
    assert sorted(path.name for path in (drawn / folder.name).iterdir()) == ["dim.png", "light.png"]
    found = {one["method"]: one for one in json.loads(saved.read_text())["results"][folder.name]}
    for method in ("wavelet", "total-variation", "non-local-means"):
        assert found[method]["mean"]["psnr"] > found["noisy"]["mean"]["psnr"]
        assert len(found[method]["trials"]) > 1


def test_some_of_the_pairs_and_the_middle_of_each(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--every", "2", "--crop", "32x32", "--per-picture"]
    assert run(folder, "--methods", "noisy", "litedenoise-int16x8", *options) == 0
    out = capsys.readouterr().out
    assert "1 pictures" in out
    assert "dim@32x32" in out


def test_saved_methods_join_the_table(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = tmp_path / "results.json"
    run(folder, "--methods", "noisy", "total-variation", "--json", str(saved))
    capsys.readouterr()
    both = tmp_path / "both.json"
    assert run(folder, "--methods", "wavelet", "--reuse", str(saved), "--json", str(both)) == 0
    table = capsys.readouterr().out
    rows = table.splitlines()[4:7]
    assert [row.split()[1] for row in rows] == ["noisy", "total-variation", "wavelet"]
    assert run(folder, "--methods", "--reuse", str(saved), str(both)) == 0
    assert capsys.readouterr().out == table
    with pytest.raises(ValueError, match="other pictures"):
        run(folder, "--limit", "1", "--methods", "noisy", "--reuse", str(saved))


def test_what_is_clean_should_stay(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert quality.main(["--untouched", str(folder), "--methods", "noisy", "total-variation"]) == 0
    same, smoothed = (row.split("|") for row in capsys.readouterr().out.splitlines()[4:6])
    assert same[3].strip() == "-"  # equal pictures have no PSNR
    assert float(smoothed[3]) > 30


def test_several_sets_stand_side_by_side_with_their_worst_pictures(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "darkened"
    other.mkdir()
    for path in folder.iterdir():
        darker = np.asarray(Image.open(path)).astype(int) - 9 * ("real" in path.name)
        Image.fromarray(darker.clip(0, 255).astype(np.uint8)).save(other / path.name)
    saved = tmp_path / "both.json"
    arguments = ["--pairs", str(folder), str(other), "--untouched", str(folder)]
    arguments += ["--methods", "noisy", "total-variation"]
    assert quality.main([*arguments, "--json", str(saved)]) == 0
    mean, worst, shift = capsys.readouterr().out.split("\n\n")
    assert all(f"| {folder.name}" in table and "| darkened" in table for table in (mean, worst))
    assert "equal / 1.0000" in mean
    noisy = [float(cell) for cell in shift.splitlines()[2].split("|")[2:5]]
    assert noisy == pytest.approx([0, 9, 0], abs=1)
    assert quality.main([*arguments[:-2], "--reuse", str(saved)]) == 0


def test_results_without_the_newer_scores_can_be_reused() -> None:
    pictures = {"a": {"psnr": 30.0, "ssim": 0.9}, "b": {"psnr": 40.0, "ssim": 0.8}}
    evaluation = Evaluation("noisy", {}, (), 0, pictures)
    assert evaluation.mean["psnr"] == 35
    assert evaluation.mean["ssim_dark"] is None
    assert evaluation.lowest_psnr == 30


def test_wrong_usage(folder: Path) -> None:
    both = ["--pairs", str(folder), "--noisy", str(folder), "--clean", str(folder)]
    unknown = ["--pairs", str(folder), "--methods", "magic"]
    for arguments in ([], ["--noisy", str(folder)], both, unknown):
        with pytest.raises(SystemExit):
            quality.main(arguments)


def test_the_best_setting_counts_and_may_be_chosen_on_a_part(folder: Path) -> None:
    runs: list[int] = []

    def brighten(photo: RGB, setting: Mapping[str, Any]) -> RGB:
        runs.append(setting["by"])
        return photo + np.uint8(setting["by"])

    method = Method("brighten", brighten, ({"by": 9}, {"by": 0}, {"by": 3}), tune_every=2)
    found = evaluate(method, pairs_in(folder), lambda line: None)
    assert found.setting == {"by": 0}
    assert found.tried_on == 1
    assert runs == [9, 0, 3, 0, 0]
    assert set(found.pictures) == {"dim", "light"}


CLASSICAL = sorted({*installed_methods()} - {"noisy"} - {n for n in METHODS if "lite" in n})


@pytest.mark.parametrize("name", CLASSICAL)
def test_classical_methods_denoise(name: str) -> None:
    rng = np.random.default_rng(0)
    noisy = np.clip(120 + rng.normal(0, 8, (32, 32, 3)), 0, 255).astype(np.uint8)
    method = METHODS[name]
    assert min(method.run(noisy, setting).std() for setting in method.grid) < noisy.std() / 1.5


def test_without_bm3d_the_others_are_compared(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("benchmarks.quality.methods.find_spec", lambda _: None)
    assert set(installed_methods()) == set(METHODS) - {"bm3d"}
    with pytest.raises(SystemExit):
        quality.main(["--pairs", str(folder), "--methods", "noisy", "bm3d"])
    assert "pip install -r requirements/bm3d.txt" in capsys.readouterr().err
