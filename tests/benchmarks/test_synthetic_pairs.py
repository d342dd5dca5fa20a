"""The synthetic sets: five levels of noise, the same in every run."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut

from benchmarks import synthetic
from benchmarks.pairs import pairs_in
from litedenoise_sdk.quality import psnr


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean")
    Image.fromarray(astronaut()[:100, 150:290]).save(folder / "face.png")
    return folder


def test_noise_grows_with_the_level(clean: Path, tmp_path: Path) -> None:
    assert synthetic.main(["--clean", str(clean), "--output", str(tmp_path)]) == 0
    levels = []
    for level in synthetic.NOISE_STD:
        (pair,) = pairs_in(tmp_path / level)
        noisy, reference = pair.load()
        assert noisy.shape == (96, 128, 3)
        levels.append(psnr(reference, noisy))
    assert len(levels) == 5
    assert all(stronger < weaker - 1 for weaker, stronger in pairwise(levels)), levels


def test_the_same_in_every_run(clean: Path) -> None:
    picture = np.asarray(Image.open(clean / "face.png"))
    first, second = (synthetic.photograph(picture, synthetic.camera_at(0.02)) for _ in range(2))
    np.testing.assert_array_equal(first, second)
