"""The soak: a few photos, and lines whose slope is known."""

from pathlib import Path

import pytest

from benchmarks.memory.soak import main, slope
from benchmarks.record.results import load


def test_some_photos(tmp_path: Path) -> None:
    saved = tmp_path / "soak.json"
    main(["--photos", "6", "--json", str(saved)])
    assert load(saved, "soak")["photos"] == 6


def test_slope_of_a_line_and_of_noise() -> None:
    assert slope([100 + 0.002 * photo for photo in range(50)]) == pytest.approx((2, 0), abs=1e-6)
    found, error = slope([100, 103, 99, 102, 100, 101, 103, 99])
    assert abs(found) < 3 * error
