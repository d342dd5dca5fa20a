"""Weights of the tests' own: no release moves what is measured with them."""

import keras
import numpy as np

from models.networks.channels import channel_groups
from models.networks.student import build_litedenoisenet
from models.quantization.equalization import rescale_channels


def drawn_network(
    side: int | None = None, *, clamp: bool = False, uneven: bool = False
) -> keras.Model:
    """LiteDenoiseNet with weights drawn at random, the same each time.

    It changes a picture by some levels, as a trained one does.

    Args:
        side: height and width in pixels, with a batch of 1 then.
        clamp: as of ``build_litedenoisenet``.
        uneven: whether channels reach differently far; the function is the same.
    """
    keras.utils.set_random_seed(0)
    network = build_litedenoisenet(side, side, batch_size=side and 1, clamp=clamp)
    rng = np.random.default_rng(0)
    for layer in network.layers:
        if isinstance(layer, keras.layers.Conv2D):
            kernel, bias = layer.get_weights()
            layer.set_weights([kernel / (8 if layer.name == "head" else 1),
                               rng.normal(0, 0.01, bias.shape)])  # fmt: skip
    if uneven:
        for group in channel_groups():
            made, _ = network.get_layer(group.made_by[0]).get_weights()
            rescale_channels(network, group, np.exp(rng.normal(size=made.shape[-1])))
    return network
