"""The teacher of arXiv 2605.03680 in Keras 3: a large U-Net with dense blocks.

The layout is RDUNet's ("Gurrola-Ramos et al., A Residual Dense U-Net Neural Network for Image
Denoising", IEEE Access 2021) with 64 channels at full resolution, which has exactly the 41,604,998
parameters that the paper states. It is for training only: NPUs do not run its PReLU and transposed
convolutions.
"""

import keras
from keras import layers

from models.networks.student import HEAD_INIT_STDDEV, conv3x3

PAPER_WIDTH = 64
PARAMETER_COUNT = 41_604_998
"""At ``PAPER_WIDTH``. It grows with the square of the width: 2,604,518 at 16, 5,855,958 at 24."""
STRIDE = 8
"""Height and width must be multiples of this."""

_LEVELS = 4
_DENSE_BLOCKS = 2
_PRELU_INIT = 0.25
"""He et al., "Delving Deep into Rectifiers", 2015; Keras' own default is zero."""


def build_teacher(width: int = PAPER_WIDTH, *, clamp: bool = True) -> keras.Model:
    """The network as a functional model on float32 RGB in [0, 1], shape (N, H, W, 3).

    Args:
        width: channels at full resolution, even; each of the three levels below doubles them.
        clamp: whether the output is clamped to [0, 1]; training leaves it out.

    Raises:
        ValueError: a width that is not an even number of at least 2.
    """
    if width < 2 or width % 2:
        raise ValueError(f"width must be an even number of at least 2, got {width}")
    widths = [width << level for level in range(_LEVELS)]
    noisy = layers.Input((None, None, 3), name="noisy")
    features = _activated(conv3x3(noisy, width, "stem0"))
    features = _activated(conv3x3(features, width, "stem1"))
    features = _dense_blocks(features, width, "encoder0")
    skips = []
    for level, level_width in enumerate(widths[1:], start=1):
        skips.append(features)
        features = layers.Conv2D(level_width, 2, strides=2, name=f"down{level}")(features)
        features = _dense_blocks(_activated(features), level_width, f"encoder{level}")
    for level in reversed(range(len(skips))):
        above = layers.Conv2DTranspose(widths[level + 1], 2, strides=2, name=f"up{level}")
        features = layers.Concatenate(name=f"concat{level}")(
            [_activated(above(features)), skips[level]]
        )
        features = _activated(conv3x3(features, widths[level], f"merge{level}"))
        features = _dense_blocks(features, widths[level], f"decoder{level}")
    features = _activated(conv3x3(features, width, "head0"))
    small = keras.initializers.RandomNormal(stddev=HEAD_INIT_STDDEV)
    residual = _activated(conv3x3(features, 3, "head1", initializer=small))
    denoised = layers.Add(name="restore", dtype="float32")([noisy, residual])
    if clamp:
        denoised = keras.ops.clip(denoised, 0.0, 1.0)
    model = keras.Model(noisy, denoised, name="teacher")
    if width == PAPER_WIDTH and model.count_params() != PARAMETER_COUNT:
        raise AssertionError(f"expected {PARAMETER_COUNT} parameters, got {model.count_params()}")
    return model


def _dense_blocks(features: keras.KerasTensor, width: int, name: str) -> keras.KerasTensor:
    for index in range(_DENSE_BLOCKS):
        features = _dense_block(features, width, f"{name}_dense{index}")
    return features


def _dense_block(features: keras.KerasTensor, width: int, name: str) -> keras.KerasTensor:
    """Three convolutions to C/2 and one to C, each on all outputs before it; then the input is
    added."""
    seen = [features]
    for index in range(3):
        together = layers.Concatenate(name=f"{name}_concat{index}")(seen) if index else features
        seen.append(_activated(conv3x3(together, width // 2, f"{name}_conv{index}")))
    together = layers.Concatenate(name=f"{name}_concat3")(seen)
    last = _activated(conv3x3(together, width, f"{name}_conv3"))
    return layers.Add(name=f"{name}_add")([last, features])


def _activated(features: keras.KerasTensor) -> keras.KerasTensor:
    """PReLU with one slope for each channel."""
    slopes = keras.initializers.Constant(_PRELU_INIT)
    return layers.PReLU(alpha_initializer=slopes, shared_axes=[1, 2])(features)
