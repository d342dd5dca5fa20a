"""Muon's steps for kernels of convolutions."""

import keras
import numpy as np
import pytest

from models.training.muon import ConvolutionMuon


def step(layer: keras.layers.Conv2D, gradients: list[np.ndarray], rate: float) -> list[np.ndarray]:
    """What one step with these gradients of kernel and bias adds to them."""
    optimizer = ConvolutionMuon(
        rate, weight_decay=None, adam_weight_decay=None, exclude_layers=["head"]
    )
    before = layer.get_weights()
    optimizer.apply(gradients, layer.trainable_variables)
    return [new - old for new, old in zip(layer.get_weights(), before, strict=True)]


@pytest.fixture
def gradients() -> list[np.ndarray]:
    """Of which one direction is thousands of times as large as all others."""
    random = np.random.default_rng(0)
    strong = np.outer(random.normal(size=72), random.normal(size=4))
    kernel = 10.0 * strong + 0.01 * random.normal(size=(72, 4))
    return [kernel.reshape(3, 3, 8, 4).astype(np.float32), np.array([1, -1, 2, -2], np.float32)]


def convolution(name: str) -> keras.layers.Conv2D:
    layer = keras.layers.Conv2D(4, 3, name=name)
    layer.build((None, None, None, 8))
    return layer


def test_a_kernel_moves_alike_in_all_directions(gradients: list[np.ndarray]) -> None:
    kernel, _ = step(convolution("merge"), gradients, 1e-3)
    strengths = np.linalg.svd(kernel.reshape(72, 4), compute_uv=False)
    # Newton and Schulz's five rounds bring singular values near 1; the rates are AdamW's.
    assert strengths.max() == pytest.approx(1e-3 * 0.2 * np.sqrt(72), rel=0.35)
    assert strengths.min() > 0.2 * strengths.max()


@pytest.mark.parametrize("name", ["merge", "head"])
def test_biases_and_excluded_layers_move_as_with_adam(
    name: str, gradients: list[np.ndarray]
) -> None:
    kernel, bias = step(convolution(name), gradients, 1e-3)
    np.testing.assert_allclose(bias, -1e-3 * np.sign(gradients[1]), rtol=1e-3)
    if name == "head":
        np.testing.assert_allclose(kernel, -1e-3 * np.sign(gradients[0]), rtol=1e-2)
