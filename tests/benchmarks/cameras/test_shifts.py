import numpy as np
import pytest

from benchmarks.cameras.shifts import shift_table, shifts


def test_shifts_by_noise_and_brightness() -> None:
    rng = np.random.default_rng(0)
    clean = np.full((128, 256, 3), (40 / 255, 80 / 255, 200 / 255))
    noisy = clean + rng.normal(-3 / 255, (10 / 255, 30 / 255, 16 / 255), clean.shape)
    found = shifts([(noisy, clean)] * 2)
    assert found[::3] == pytest.approx(np.full((6, 3), (10, 40, -3)), abs=0.5)
    table = shift_table({"camera": found, "none": shifts([])})
    assert [line.split(" | ")[0].strip("| ") for line in table.splitlines()[2:]] == [
        "noise 5 to 12, brightness 30 to 60",
        "noise 12 to 20, brightness 110 to 256",
        "noise 28 to 36, brightness 60 to 110",
    ]
    assert table.count("(6)") == 3
