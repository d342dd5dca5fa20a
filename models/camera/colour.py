"""Between a sensor's colours and those of a picture."""

from keras import KerasTensor as Tensor
from keras import ops


def colour_matrices(strength: Tensor, share: Tensor) -> Tensor:
    """Matrices that take white-balanced sensor colours to displayed ones, (N, 3, 3), rows sum to 1.

    The row of each colour is (1 + s) times itself, less s shared out between the other two.

    Args:
        strength: (N, 1, 1, 3), s of red, green and blue.
        share: (N, 1, 1, 3), how much of s the first of the other two gives, 0 to 1.
    """
    s, first = strength[:, 0, 0], (strength * share)[:, 0, 0]
    second = s - first
    rows = (
        (1.0 + s[:, 0], -first[:, 0], -second[:, 0]),
        (-first[:, 1], 1.0 + s[:, 1], -second[:, 1]),
        (-first[:, 2], -second[:, 2], 1.0 + s[:, 2]),
    )
    return ops.stack([ops.stack(row, axis=-1) for row in rows], axis=1)


def change_colours(linear: Tensor, matrices: Tensor) -> Tensor:
    """(N, H, W, 3) linear RGB through matrices (N, 3, 3), a picture each."""
    return ops.einsum("nhwc,ndc->nhwd", linear, matrices)
