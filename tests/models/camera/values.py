"""What the cameras' tests share."""

import numpy as np


def column(*values: float) -> np.ndarray:
    return np.array(values, np.float32).reshape(-1, 1, 1, 1)
