"""Pictures as displayed, and the light that they show."""

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.floating]
"""(H, W, 3) in [0, 1]."""

GAMMA = 2.2


def linear(picture: Picture) -> Picture:
    """In linear light, where noise has no mean and exposures add up."""
    return picture**GAMMA
