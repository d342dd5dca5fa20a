"""Poisson-distributed counts, which Keras' random numbers lack."""

from keras import KerasTensor as Tensor
from keras import ops, random
from keras.random import SeedGenerator

FEW = 8.0
"""Up to this mean the distribution is exact; above it a skewed normal is close enough."""
MOST = 24
"""A count of FEW on average exceeds this twice in a million."""


def poisson(mean: Tensor, seed: SeedGenerator) -> Tensor:
    """Counts with the given means, of the same shape, float32.

    Small means: the cumulative distribution is inverted. Large means: a normal number with the
    Poisson distribution's skew (the first term of Cornish and Fisher's expansion), rounded.
    """
    few = ops.minimum(mean, FEW)
    uniform = random.uniform(ops.shape(mean), seed=seed)
    probability = ops.exp(-few)
    reached, exact = probability, ops.zeros_like(mean)
    for count in range(1, MOST + 1):
        exact = exact + ops.cast(uniform > reached, mean.dtype)
        probability = probability * few / count
        reached = reached + probability
    normal = random.normal(ops.shape(mean), seed=seed)
    skewed = mean + ops.sqrt(ops.maximum(mean, 0.0)) * normal + (ops.square(normal) - 1.0) / 6.0
    return ops.where(mean > FEW, ops.maximum(ops.round(skewed), 0.0), exact)
