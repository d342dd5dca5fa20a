"""Dead channels come back to life, and the network does what it did."""

import numpy as np
import pytest

from models.networks.channels import channel_groups
from models.networks.student import LEVEL_WIDTHS, build_litedenoisenet
from models.training.dead_channels import revive_dead_channels

DEAD = 3


def kill(layer: object, channels: int) -> None:
    """So strongly that nothing which is added brings them back."""
    kernel, bias = layer.get_weights()  # type: ignore[attr-defined]
    bias[:channels] = -1e3
    layer.set_weights([kernel, bias])  # type: ignore[attr-defined]


@pytest.fixture
def pictures() -> list[np.ndarray]:
    random = np.random.default_rng(0)
    return [random.random((1, 32, 32, 3), np.float32) for _ in range(4)]


# What is killed together, and the ReLU behind which it is dead.
NETWORKS = (
    {
        ("encoder2_squeeze",): "encoder2_squeeze",
        ("down4", "encoder4_expand"): "encoder4_relu",
        ("merge2", "decoder2_expand"): "decoder2_relu",
        ("stem", "encoder0_expand"): "encoder0_relu",
    },
    {("encoder4_expand",): "encoder4_relu", ("decoder1_expand",): "decoder1_relu"},
)


@pytest.mark.parametrize("killed", NETWORKS, ids=["first", "second"])
def test_what_is_dead_lives_and_the_picture_stays(
    killed: dict[tuple[str, ...], str], pictures: list[np.ndarray]
) -> None:
    network = build_litedenoisenet(clamp=False)
    for names in killed:
        for name in names:
            kill(network.get_layer(name), DEAD)
    before = np.asarray(network(pictures[0]))
    found = revive_dead_channels(network, pictures, seed=0)
    assert all(found[relu] >= DEAD for relu in killed.values())
    assert revive_dead_channels(network, pictures, seed=1) == {}
    np.testing.assert_allclose(network(pictures[0]), before, atol=1e-5)


def test_a_whole_dead_block_lives_again(pictures: list[np.ndarray]) -> None:
    network = build_litedenoisenet(clamp=False)
    kill(network.get_layer("decoder3_squeeze"), LEVEL_WIDTHS[3] // 2)
    found = revive_dead_channels(network, pictures, seed=0)
    assert found["decoder3_squeeze"] == LEVEL_WIDTHS[3] // 2
    assert revive_dead_channels(network, pictures, seed=1) == {}


def test_groups_name_every_convolution_but_the_head_once_as_maker() -> None:
    network = build_litedenoisenet()
    makers = [name for group in channel_groups() for name in group.made_by]
    convolutions = [layer.name for layer in network.layers if hasattr(layer, "kernel")]
    assert sorted([*makers, "head"]) == sorted(convolutions)
