"""Mirrored borders: what a network sees beyond the edges of a photograph that is run in blocks."""

import keras
from keras import KerasTensor as Tensor
from keras import ops, random

WIDTH_PX = (16, 32)
"""How wide the SDK's mirrored borders are; the second does not count in."""


@keras.saving.register_keras_serializable(package="litedenoise")
class MirroredBorders(keras.layers.Layer):
    """Gives half of the batches a border at the top and left that mirrors what follows.

    The SDK pads photographs by reflection. The mirrored noise repeats, and a network that has never
    seen that takes it for structure.
    """

    def __init__(self, seed: int = 0, **kwargs: object):
        super().__init__(**kwargs)
        self.seed = random.SeedGenerator(seed)

    def call(self, noisy: Tensor, clean: Tensor) -> tuple[Tensor, Tensor]:
        """Two (N, H, W, C) to two of the same shape, with the same border in both."""
        for axis in (1, 2):
            rows = self._mirrored(noisy.shape[axis])
            noisy, clean = ops.take(noisy, rows, axis), ops.take(clean, rows, axis)
        return noisy, clean

    def _mirrored(self, length: int) -> Tensor:
        """The order of ``length`` rows: k, ..., 1, 0, 1, ..., length - k - 1."""
        width = ops.floor(random.uniform((), *WIDTH_PX, seed=self.seed))
        there = random.uniform((), seed=self.seed) < 0.5
        border = ops.minimum(ops.where(there, width, 0.0), length / 2)
        return ops.abs(ops.arange(length, dtype="int32") - ops.cast(border, "int32"))
