"""Moves int8's ranges, once its weights are trained, to those that give the best picture."""

from collections.abc import Sequence

import keras
import numpy as np
from numpy.typing import NDArray

from models.quantization.int8_ranges import ActivationRanges
from models.quantization.quantized_network import change_range, quantized_network
from models.training.trainer import relative_error

_NARROWER = (0.85, 0.7, 0.55, 0.4)
_WIDER = (1.25, 1.6, 2.0)


def fitted_ranges(
    network: keras.Model,
    teacher: keras.Model,
    ranges: ActivationRanges,
    pictures: Sequence[NDArray[np.float32]],
) -> ActivationRanges:
    """Ranges with which the rounded network comes as close to its teacher as it can.

    Each end of each layer's range moves as long as the whole network improves. A range that suits a
    layer's own values (``int8_ranges``) ignores what its rounding does to the picture: int8 loses
    most at full resolution, to a few large values. The residual's range stays.

    Args:
        network: trained with ``ranges``.
        teacher: the same in float.
        pictures: (1, H, W, 3) float32 in [0, 1], all of one size.
    """
    batch = np.concatenate(pictures)
    wanted = np.asarray(teacher(batch))
    rounded = quantized_network(network, ranges, movable=True)
    rounded.compile(jit_compile=keras.backend.backend() == "jax")

    def error() -> float:
        denoised = rounded.predict_on_batch(batch)
        return float(relative_error(denoised - wanted, wanted - batch))

    best, least_error = dict(ranges), error()

    def improve(name: str, end: int, shares: Sequence[float]) -> bool:
        nonlocal least_error
        before = least_error
        for share in shares:
            moved = ranges[name][end] * share
            low, high = (moved, best[name][1]) if end == 0 else (best[name][0], moved)
            if (low, high) == best[name]:
                break
            change_range(rounded, name, low, high)
            found = error()
            if found >= least_error:
                break
            best[name], least_error = (low, high), found
        change_range(rounded, name, *best[name])
        return least_error < before

    *inner, _ = ranges
    for name in inner:
        for end in (0, 1):
            if not improve(name, end, _NARROWER):
                improve(name, end, _WIDER)
    return best
