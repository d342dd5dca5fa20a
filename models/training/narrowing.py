"""Narrows int8's ranges once its weights are trained, to where the picture comes out best."""

from collections.abc import Sequence

import keras
import numpy as np
from numpy.typing import NDArray

from models.int8_ranges import ActivationRanges
from models.training.quantized import change_range, quantized_network
from models.training.trainer import relative_error

_SHARES = (0.85, 0.7, 0.55, 0.4)


def narrowed_ranges(
    network: keras.Model,
    teacher: keras.Model,
    ranges: ActivationRanges,
    pictures: Sequence[NDArray[np.float32]],
) -> ActivationRanges:
    """Ranges with which the rounded network comes as close to its teacher as it can.

    Each end of each layer's range moves towards 0 for as long as the whole network gains. A range
    that suits a layer's own values (``models.int8_ranges``) does not know what its rounding does
    to the picture: most of what int8 loses, it loses at full resolution, to a few large values.
    The residual's stays.

    Args:
        network: trained with ``ranges``.
        teacher: the same in float.
        pictures: (1, H, W, 3) float32 in [0, 1], all of one size.
    """
    batch = np.concatenate(pictures)
    wanted = np.asarray(teacher(batch))
    rounded = quantized_network(network, ranges)

    def error() -> float:
        return float(relative_error(np.asarray(rounded(batch)) - wanted, wanted - batch))

    best, least_error = dict(ranges), error()
    *inner, _ = ranges
    for name in inner:
        ends = ranges[name]
        for end in (0, 1):
            for share in _SHARES:
                moved = ends[end] * share
                low, high = best[name]
                if moved == (low, high)[end]:
                    break
                candidate = (low, moved) if end else (moved, high)
                change_range(rounded, name, *candidate)
                found = error()
                if found >= least_error:
                    break
                best[name], least_error = candidate, found
            change_range(rounded, name, *best[name])
    return best
