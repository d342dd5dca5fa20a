from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from models.networks.student import build_litedenoisenet
from models.networks.weights import load_released_weights

RELEASED = Path(__file__).parents[3] / "models/released"


def test_the_network_with_released_weights_is_the_released_model() -> None:
    network = build_litedenoisenet()
    path = RELEASED / "litedenoisenet-fp32.tflite"
    load_released_weights(network, path)
    interpreter = Interpreter(str(path))
    interpreter.allocate_tensors()
    source, result = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    picture = np.random.default_rng(0).random(source["shape"], np.float32)
    interpreter.set_tensor(source["index"], picture)
    interpreter.invoke()
    expected = interpreter.get_tensor(result["index"])
    np.testing.assert_allclose(np.asarray(network(picture)), expected, atol=1e-4)


def test_other_formats_are_refused() -> None:
    with pytest.raises(ValueError, match="take the fp32 file"):
        load_released_weights(build_litedenoisenet(), RELEASED / "litedenoisenet-int8.tflite")
