"""Revives channels that training has killed.

A channel behind a ReLU that is 0 for every picture gets no gradient and stays 0. High learning
rates kill many: of the deepest level's 256 channels, 22 were left after 61,000 steps.
"""

from collections.abc import Sequence

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

from models.networks.channels import Channels, channel_groups


def revive_dead_channels(
    network: keras.Model, pictures: Sequence[NDArray[np.float32]], seed: int
) -> dict[str, int]:
    """Revives dead channels without changing what the network computes; training does the rest.

    A dead channel gets random weights where it is made, or the opposite sign where it was always
    negative, and zeros where it is read. Those zeros get a gradient at once.

    Args:
        network: of ``models.networks.student``.
        pictures: (1, H, W, 3) float32 in [0, 1], noisy; a channel that is 0 in all of them is dead.
        seed: of the random weights.

    Returns:
        How many channels were dead behind each ReLU that had any.
    """
    batch = np.concatenate(list(pictures))
    rng = np.random.default_rng(seed)
    found = {}
    for group in channel_groups():
        made, seen = _outputs(network, (group.seen_at[0], group.seen_at[-1]), batch)
        dead = seen.max(axis=(0, 1, 2)) <= 0.0
        if not dead.any():
            continue
        found[group.seen_at[-1]] = int(dead.sum())
        silent = dead & (np.abs(made).max(axis=(0, 1, 2)) == 0.0)
        _make_anew(network, group, silent, batch, rng)
        _keep_inside_alone(network, group, dead & ~silent)
    return found


def _make_anew(
    network: keras.Model,
    group: Channels,
    channels: NDArray[np.bool_],
    batch: NDArray[np.float32],
    rng: np.random.Generator,
) -> None:
    """Random kernels with outputs of mean 0, as strong as those of the layer's other channels."""
    if not channels.any():
        return
    layer = network.get_layer(group.made_by[0])
    features = np.asarray(keras.Model(network.input, layer.input)(batch), np.float32)
    kernel, bias = layer.get_weights()
    kernel[..., channels] = rng.normal(size=kernel[..., channels].shape)
    response = np.asarray(ops.conv(features, kernel, strides=layer.strides, padding="same"))
    mean, std = response.mean((0, 1, 2)), response.std((0, 1, 2))
    usual = features.std() if channels.all() else np.median(std[~channels])
    kernel[..., channels] *= (usual / std)[channels]
    bias[channels] = -(mean * usual / std)[channels]
    layer.set_weights([kernel, bias])
    for name in group.made_by[1:]:
        _scale_made(network.get_layer(name), channels, 0.0)
    for name, first in group.read_by:
        _scale_read(network.get_layer(name), first, channels, 0.0)


def _keep_inside_alone(network: keras.Model, group: Channels, channels: NDArray[np.bool_]) -> None:
    """For channels that a residual block reads, and whose sum with what it adds is never above 0.

    The block reads the same as before. What is new is behind it: the channel alone, turned over
    where nothing has cut off what is below 0.
    """
    first, *added = (network.get_layer(name) for name in group.made_by)
    (inside, start), *later = group.read_by
    if first.activation is keras.activations.linear:
        _scale_made(first, channels, -1.0)
        _scale_read(network.get_layer(inside), start, channels, -1.0)
    for layer in added:
        _scale_made(layer, channels, 0.0)
    for name, start in later:
        _scale_read(network.get_layer(name), start, channels, 0.0)


def _scale_made(layer: layers.Conv2D, channels: NDArray[np.bool_], factor: float) -> None:
    kernel, bias = layer.get_weights()
    kernel[..., channels] *= factor
    bias[channels] *= factor
    layer.set_weights([kernel, bias])


def _scale_read(
    layer: layers.Conv2D, first: int, channels: NDArray[np.bool_], factor: float
) -> None:
    kernel, bias = layer.get_weights()
    kernel[:, :, first + np.flatnonzero(channels)] *= factor
    layer.set_weights([kernel, bias])


def _outputs(
    network: keras.Model, names: Sequence[str], batch: NDArray[np.float32]
) -> list[NDArray[np.float32]]:
    probe = keras.Model(network.input, [network.get_layer(name).output for name in names])
    return [np.asarray(output, np.float32) for output in probe(batch)]
