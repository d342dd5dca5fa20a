"""What the tests of training share."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut, coffee


@pytest.fixture(scope="session")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one pair of own photos, ``noisy`` and ``clean``, of 96x96 pixels."""
    folder = tmp_path_factory.mktemp("pairs")
    clean = astronaut()[:96, 180:276]
    noisy = np.clip(clean + np.random.default_rng(0).normal(0, 10, clean.shape), 0, 255)
    for name, picture in (("noisy", noisy.astype(np.uint8)), ("clean", clean)):
        (folder / name).mkdir()
        Image.fromarray(picture).save(folder / name / "face.png")
    return folder


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two clean photos of 512x512 pixels."""
    folder = tmp_path_factory.mktemp("photos")
    for name, picture in (("astronaut", astronaut()), ("coffee", coffee())):
        Image.fromarray(picture).resize((512, 512)).save(folder / f"{name}.png")
    return folder
