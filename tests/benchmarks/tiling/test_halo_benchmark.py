"""The halo, measured on photos too small to mean anything."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.common.photo import synthetic_photo
from benchmarks.tiling import __main__ as tiling
from benchmarks.tiling.agreement import Agreement, agreement, worst
from benchmarks.tiling.halo import denoise_with_halo, smallest_exact_halo
from litedenoise_sdk.geometry import Size

Output = pytest.CaptureFixture[str]


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    Image.fromarray(synthetic_photo(150, 200)).save(path)
    return path


def test_measure_halo(photo: Path, tmp_path: Path, capsys: Output) -> None:
    saved = tmp_path / "tiling.json"
    options = ["--block", "128x128", "--halos", "16", "48", "--json", str(saved)]
    assert tiling.main([str(photo), "--precisions", "int8", *options]) == 0
    assert "smallest exact halo: " in capsys.readouterr().out
    found = json.loads(saved.read_text())["results"]["int8"]
    assert [row["halo_px"] for row in found["table"]] == [16, 48]
    assert found["table"][0]["identical"] <= found["table"][1]["identical"] <= 1


def test_a_photo_of_one_block_has_no_halo_to_measure() -> None:
    with pytest.raises(ValueError, match="larger photo"):
        denoise_with_halo("int8", [synthetic_photo(40, 40)], Size(96, 96), 16)


def test_agreement() -> None:
    exact = np.zeros((10, 10, 3), np.uint8)
    tiled = exact.copy()
    tiled[3, 4] = (1, 0, 2)
    found = agreement(exact, tiled)
    assert found.identical == 1 - 2 / 300
    assert found.largest == 2
    assert worst([found, agreement(exact, exact)]) == found


def test_the_smallest_exact_halo_from_which_on_all_values_are_equal() -> None:
    good, bad = Agreement(1.0, 0, math.inf), Agreement(0.999, 1, 70.0)
    assert smallest_exact_halo({16: bad, 32: good, 48: good}) == 32
    assert smallest_exact_halo({16: good, 32: bad, 48: good}) == 48
    assert smallest_exact_halo({16: good, 32: bad}) is None
