"""Rescales channels so that every one of them fills the range that int8 rounds it in.

One step of rounding serves all channels of an activation, so channels that are small beside the
largest lose the most: the stem's carry the photo itself, some at a tenth of the range of others.
A factor on what makes a channel, and its inverse on what reads it, leaves the network's function as
it is, because ReLU, addition, nearest upsampling and concatenation pass positive factors on.

After Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction",
ICCV 2019, with the ranges that pictures give in place of those of the weights.
"""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from models.networks.channels import Channels, channel_groups, concatenated_channels
from models.quantization.int8_ranges import ActivationRanges

LARGEST_FACTOR = 64.0
"""Channels that are zero nearly everywhere are not blown up further."""


def equalize_channels(network: keras.Model, pictures: Sequence[NDArray[np.float32]]) -> None:
    """Changes weights, not results, so that each channel's largest values are about 1.

    Args:
        network: of ``models.networks.student``.
        pictures: (1, H, W, 3) float32 in [0, 1] whose activations give the ranges.
    """
    groups = channel_groups()
    names = [name for group in groups for name in group.seen_at]
    reach = _largest_values(network, names, pictures)
    for group in groups:
        largest = np.max([reach[name] for name in group.seen_at], axis=0)
        factors = 1.0 / np.maximum(largest, 1.0 / LARGEST_FACTOR)
        rescale_channels(network, group, factors)


def match_concatenated(network: keras.Model, ranges: ActivationRanges) -> ActivationRanges:
    """Changes weights and ranges, not results, so that all of a concatenation has one range.

    Int8 has one step for a concatenation and all that it takes. Without this, what skips the
    deeper levels at full resolution may be rounded more than twice as coarsely as it was trained.

    Args:
        network: of ``models.networks.student``.
        ranges: of its activations.

    Returns:
        The ranges of the network as it is now.
    """
    matched = dict(ranges)
    for upsampled, skip in concatenated_channels():
        (_, ours), (_, theirs) = matched[upsampled.seen_at[-1]], matched[skip.seen_at[-1]]
        if not (ours and theirs):
            continue  # zero everywhere
        factor = theirs / ours
        width = network.get_layer(upsampled.seen_at[-1]).output.shape[-1]
        rescale_channels(network, upsampled, np.full(width, factor))
        for name in {*upsampled.made_by, *upsampled.seen_at}:
            low, high = matched[name]
            matched[name] = (low * factor, high * factor)
        matched[upsampled.seen_at[-1]] = matched[skip.seen_at[-1]]
    return matched


def rescale_channels(
    network: keras.Model, group: Channels, factors: NDArray[np.floating[Any]]
) -> None:
    """Multiplies a group's channels by positive factors (C,), and divides them where it is read."""
    for name in group.made_by:
        kernel, bias = network.get_layer(name).get_weights()
        network.get_layer(name).set_weights([kernel * factors, bias * factors])
    for name, first in group.read_by:
        kernel, bias = network.get_layer(name).get_weights()
        kernel[:, :, first : first + len(factors)] /= factors[:, None]
        network.get_layer(name).set_weights([kernel, bias])


def _largest_values(
    network: keras.Model, names: Sequence[str], pictures: Sequence[NDArray[np.float32]]
) -> dict[str, NDArray[np.float64]]:
    """For each layer the largest absolute value of each channel, (C,), the pictures' mean."""
    probe = keras.Model(network.input, {name: network.get_layer(name).output for name in names})
    found: dict[str, list[NDArray[np.float64]]] = {name: [] for name in names}
    for picture in pictures:
        for name, output in probe(picture).items():
            found[name].append(np.abs(np.asarray(output)).max(axis=(0, 1, 2)))
    return {name: np.mean(values, axis=0) for name, values in found.items()}
