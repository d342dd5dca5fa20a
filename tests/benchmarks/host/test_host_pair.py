"""The pair that stands in where none is given is made by the real camera."""

import os
from pathlib import Path

import pytest

from benchmarks.common.pairs import pairs_in
from benchmarks.host.pair import synthetic_pair
from benchmarks.host.run import limits
from benchmarks.host.sampler import CaseFailed
from litedenoise_sdk.quality import psnr


def test_a_noisy_crop_of_the_sample_and_its_reference(tmp_path: Path) -> None:
    (pair,) = pairs_in(synthetic_pair(tmp_path))
    noisy, clean = pair.load()
    assert clean.shape == (256, 256, 3)
    assert 25 < psnr(clean, noisy) < 40


def test_without_the_packages_for_training_it_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "keras.py").write_text("raise ImportError('no Keras here')")
    paths = [str(tmp_path), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))
    with pytest.raises(CaseFailed, match=r"no synthetic pair .*: no Keras here; give --pairs"):
        synthetic_pair(tmp_path)


def test_a_budget_is_shared_by_the_cases_and_never_lengthens_a_mode() -> None:
    assert limits("quick", None, 20).seconds == 10
    assert limits("quick", 40, 20).seconds == 2
    assert limits("quick", 4000, 20).seconds == 10
    assert limits("normal", None, 1).queries == 1024
