"""A folder with the files that the documents name."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.common.photo import synthetic_photo


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    clean = Image.fromarray(synthetic_photo(200, 280))
    noise = np.random.default_rng(1).normal(0, 12, (200, 280, 3))
    noisy = Image.fromarray((np.asarray(clean) + noise).clip(0, 255).astype(np.uint8))
    for name, picture in {
        "night.jpg": noisy,
        "photo.jpg": noisy,
        "noisy.png": noisy,
        "clean.png": clean,
        "Photos/one.jpg": noisy,
        "Photos/holiday/two.png": noisy,
        "pairs/one_real.png": noisy,
        "pairs/one_mean.png": clean,
        "clean-photos/one.png": clean,
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        picture.save(path)
    return tmp_path
