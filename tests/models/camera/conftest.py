"""What the cameras see."""

import numpy as np
import pytest
from skimage.data import astronaut


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    pixels: np.ndarray = astronaut()[None, :256, :256]
    return (pixels / 255).astype(np.float32)
