from pathlib import Path

import numpy as np
import pytest

from litedenoise_sdk.model.flatbuffer import read_graph
from models.networks.student import build_litedenoisenet
from models.networks.weights import load_released_weights
from tests.model.interpreter import infer

RELEASED = Path(__file__).parents[3] / "models/released"


def test_the_network_with_released_weights_is_the_released_model() -> None:
    network = build_litedenoisenet()
    path = RELEASED / "litedenoisenet-fp32.tflite"
    load_released_weights(network, path)
    content = path.read_bytes()
    block = read_graph(content).block
    picture = np.random.default_rng(0).random((block.height, block.width, 3), np.float32)
    found = np.asarray(network(picture[None]))[0]
    np.testing.assert_allclose(found, infer(content, picture), atol=1e-4)


def test_other_formats_are_refused() -> None:
    with pytest.raises(ValueError, match="take the fp32 file"):
        load_released_weights(build_litedenoisenet(), RELEASED / "litedenoisenet-int8.tflite")
