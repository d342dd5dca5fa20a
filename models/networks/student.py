"""LiteDenoiseNet, the student network of arXiv 2605.03680, in Keras 3.

A residual U-Net of 1,963,411 parameters made of 3x3 convolutions, ReLU, nearest upsampling,
concatenation and addition only, so that every operator is native to mobile NPUs.
"""

import keras
from keras import layers

LEVEL_WIDTHS = (16, 32, 64, 128, 256)
PARAMETER_COUNT = 1_963_411
STRIDE = 2 ** (len(LEVEL_WIDTHS) - 1)
"""Height and width must be multiples of this (16); shifts by it leave the result unchanged."""

HEAD_INIT_STDDEV = 0.01
"""A small head starts the network near the identity without pinning it there."""


@keras.saving.register_keras_serializable(package="litedenoise")
class NearestUpsample(layers.Layer):
    """Doubles height and width by repeating each pixel: (N, H, W, C) to (N, 2H, 2W, C).

    Keras' own UpSampling2D converts to 5-D RESHAPE and TILE; under TensorFlow the image operation
    used here converts to a single RESIZE_NEAREST_NEIGHBOR, which accelerators take.
    """

    def call(self, features: keras.KerasTensor) -> keras.KerasTensor:
        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf

            height, width = features.shape[1], features.shape[2]
            if height is None or width is None:
                size = tf.shape(features)[1:3] * 2
            else:
                size = (2 * height, 2 * width)
            return tf.raw_ops.ResizeNearestNeighbor(
                images=features, size=size, half_pixel_centers=True
            )
        return keras.ops.repeat(keras.ops.repeat(features, 2, axis=1), 2, axis=2)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        batch, height, width, channels = input_shape
        return (
            batch,
            None if height is None else 2 * height,
            None if width is None else 2 * width,
            channels,
        )


def conv3x3(
    features: keras.KerasTensor,
    width: int,
    name: str,
    *,
    strides: int = 1,
    activation: str | None = None,
    initializer: str | keras.initializers.Initializer = "he_normal",
) -> keras.KerasTensor:
    return layers.Conv2D(
        width,
        3,
        strides=strides,
        padding="same",
        activation=activation,
        kernel_initializer=initializer,
        name=name,
    )(features)


def residual_block(features: keras.KerasTensor, width: int, name: str) -> keras.KerasTensor:
    """conv C to C/2, ReLU, conv C/2 to C, add the input, ReLU."""
    inner = conv3x3(features, width // 2, f"{name}_squeeze", activation="relu")
    inner = conv3x3(inner, width, f"{name}_expand")
    return layers.ReLU(name=f"{name}_relu")(layers.Add(name=f"{name}_add")([inner, features]))


def build_litedenoisenet(
    height: int | None = None,
    width: int | None = None,
    *,
    batch_size: int | None = None,
    clamp: bool = True,
) -> keras.Model:
    """The network as a functional model on float32 RGB in [0, 1], shape (N, H, W, 3).

    Args:
        height, width: multiples of 16 in pixels, or None for any such size.
        batch_size: fixed for export; None for training.
        clamp: whether the output is clamped to [0, 1]. Training leaves it out so that the
            gradient survives at black and white.

    Raises:
        ValueError: a height or width that is not a multiple of 16.
    """
    for label, length in (("height", height), ("width", width)):
        if length is not None and length % STRIDE:
            raise ValueError(f"{label} must be a multiple of {STRIDE}, got {length}")

    noisy = layers.Input((height, width, 3), batch_size=batch_size, name="noisy")
    features = conv3x3(noisy, LEVEL_WIDTHS[0], "stem")
    features = residual_block(features, LEVEL_WIDTHS[0], "encoder0")
    skips = []
    for level, level_width in enumerate(LEVEL_WIDTHS[1:], start=1):
        skips.append(features)
        features = conv3x3(features, level_width, f"down{level}", strides=2, activation="relu")
        features = residual_block(features, level_width, f"encoder{level}")
    for level in reversed(range(len(skips))):
        features = NearestUpsample(name=f"upsample{level}")(features)
        features = layers.Concatenate(name=f"concat{level}")([features, skips[level]])
        features = conv3x3(features, LEVEL_WIDTHS[level], f"merge{level}")
        features = residual_block(features, LEVEL_WIDTHS[level], f"decoder{level}")
    residual = conv3x3(
        features,
        3,
        "head",
        initializer=keras.initializers.RandomNormal(stddev=HEAD_INIT_STDDEV),
    )
    # In float32 also where the layers before it are in bfloat16, which 8-bit pixels do not fit in.
    denoised = layers.Add(name="restore", dtype="float32")([noisy, residual])
    if clamp:
        denoised = keras.ops.minimum(layers.ReLU(name="clamp_low")(denoised), 1.0)
    model = keras.Model(noisy, denoised, name="litedenoisenet")
    if model.count_params() != PARAMETER_COUNT:
        raise AssertionError(f"expected {PARAMETER_COUNT} parameters, got {model.count_params()}")
    return model
