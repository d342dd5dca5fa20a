"""The synthetic sets: levels of noise, the same in every run."""

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut

from benchmarks.cameras import synthetic
from benchmarks.cameras.patterns import PATTERNS
from benchmarks.common.pairs import pairs_in
from litedenoise_sdk.quality import psnr


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean")
    Image.fromarray(astronaut()[:100, 150:290]).save(folder / "face.png")
    return folder


def test_noise_grows_with_the_level(clean: Path, tmp_path: Path) -> None:
    assert synthetic.main(["--clean", str(clean), "--output", str(tmp_path)]) == 0
    for levels in (synthetic.ISO_STD, synthetic.PHONE_GAIN):
        _assert_noise_grows(tmp_path, levels)
    for name, std in synthetic.WHITE_STD.items():
        (pair,) = pairs_in(tmp_path / name)
        noisy, reference = pair.load()
        np.testing.assert_array_equal(
            reference, np.asarray(Image.open(clean / "face.png"))[:96, :128]
        )
        assert psnr(reference, noisy) == pytest.approx(-20 * np.log10(std), abs=1.0)
    assert len(pairs_in(tmp_path / "patterns-5")) == len(PATTERNS)
    assert all(np.array_equal(*pair.load()) for pair in pairs_in(tmp_path / "patterns-clean"))


def test_the_same_in_every_run(clean: Path) -> None:
    picture = np.asarray(Image.open(clean / "face.png"))
    make = synthetic.CAMERAS["phone-mid"]
    first, second = (synthetic.photograph(picture, make()) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def _assert_noise_grows(folder: Path, levels: Iterable[str]) -> None:
    found = []
    for level in levels:
        (pair,) = pairs_in(folder / level)
        noisy, reference = pair.load()
        assert noisy.shape == (96, 128, 3)
        found.append(psnr(reference, noisy))
    assert all(stronger < weaker - 1 for weaker, stronger in pairwise(found)), found
