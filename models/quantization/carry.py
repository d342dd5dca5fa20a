"""Gives float weights what int8 training had learned for the weights before them."""

import keras
import numpy as np
from numpy.typing import NDArray

from models.networks.channels import channel_groups
from models.quantization.equalization import rescale_channels

_ALIKE = 1e-3
"""Channels whose weights have less than this in common are dead, and keep their scale."""


def carry_rounding(network: keras.Model, before: keras.Model, rounded: keras.Model) -> None:
    """Changes ``network`` to where int8 training would have taken it from.

    ``rounded`` is ``before`` with its channels rescaled and its weights moved a little, so that
    rounding does less harm (``models.quantize_aware``). ``network`` is ``before`` trained further.
    It gets the same scales and the same moves, which leaves little for its own training to do.

    Args:
        network, before, rounded: ``build_litedenoisenet``'s; the channels of ``before`` are
            rescaled on the way.
    """
    for group in channel_groups():
        # What else makes these channels reads some whose scale comes later.
        first, *_ = group.made_by
        factors = _factors(_matrix(before, first), _matrix(rounded, first))
        rescale_channels(before, group, factors)
        rescale_channels(network, group, factors)
    weights = (one.get_weights() for one in (network, before, rounded))
    network.set_weights([new + (after - old) for new, old, after in zip(*weights, strict=True)])


def _factors(before: NDArray[np.float32], rounded: NDArray[np.float32]) -> NDArray[np.float32]:
    """By how much channels are larger, (C,), from all that makes them, (weights and bias, C)."""
    alike = (before * rounded).sum(0) / np.maximum((before * before).sum(0), 1e-12)
    return np.where(alike > _ALIKE, alike, 1.0).astype(np.float32)


def _matrix(network: keras.Model, name: str) -> NDArray[np.float32]:
    kernel, bias = network.get_layer(name).get_weights()
    return np.concatenate([kernel.reshape(-1, kernel.shape[-1]), bias[None]])
