import keras
import numpy as np
import pytest

from models.networks.student import PARAMETER_COUNT, STRIDE, build_litedenoisenet


@pytest.fixture(scope="module")
def network() -> keras.Model:
    keras.utils.set_random_seed(0)
    return build_litedenoisenet()


def test_it_has_the_papers_parameters(network: keras.Model) -> None:
    assert network.count_params() == PARAMETER_COUNT == 1_963_411


def test_it_is_made_of_3x3_convolutions(network: keras.Model) -> None:
    kernels = [layer.kernel_size for layer in network.layers if hasattr(layer, "kernel_size")]
    assert kernels == [(3, 3)] * 28


@pytest.mark.parametrize(("height", "width"), [(16, 16), (32, 80)])
def test_any_multiple_of_the_stride_goes_through(
    network: keras.Model, height: int, width: int
) -> None:
    picture = np.random.default_rng(0).random((1, height, width, 3), np.float32)
    assert network(picture).shape == picture.shape


def test_the_output_is_clamped(network: keras.Model) -> None:
    picture = np.random.default_rng(0).choice([0.0, 1.0], (1, 32, 32, 3)).astype(np.float32)
    output = np.asarray(network(picture))
    assert output.min() >= 0
    assert output.max() <= 1


def test_a_shift_by_the_stride_shifts_the_output() -> None:
    keras.utils.set_random_seed(0)
    network = build_litedenoisenet(clamp=False)
    picture = np.random.default_rng(0).random((1, 640, 16, 3), np.float32)
    whole = np.asarray(network(picture))[:, STRIDE:]
    shifted = np.asarray(network(picture[:, STRIDE:]))
    # Beyond the receptive field's radius the cut border is out of sight.
    np.testing.assert_allclose(whole[:, 160:], shifted[:, 160:], atol=1e-4)


def test_a_side_off_the_stride_is_refused() -> None:
    with pytest.raises(ValueError, match="multiple of 16, got 100"):
        build_litedenoisenet(100, 128)
