"""Whether an ONNX model and a LiteRT model compute the same picture."""

import numpy as np
import onnxruntime
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.retile import retile

MOST_DIFFERENCE = 1e-4
"""With a range of 1: a fortieth of an 8-bit step. Sums in another order stay well below it."""

_BLOCK = Size(128, 192)


def check_same_outputs(onnx_content: bytes, content: bytes) -> float:
    """Runs noise through both and gives the largest difference.

    Args:
        onnx_content: takes and gives (1, 3, H, W) float32 in [0, 1] or without limits.
        content: fp32 ``.tflite`` of the SDK's family.

    Raises:
        ValueError: they differ by more than ``MOST_DIFFERENCE``.
    """
    session = onnxruntime.InferenceSession(onnx_content, providers=["CPUExecutionProvider"])
    (source,) = session.get_inputs()
    block = _block(source.shape)
    picture = np.random.default_rng(0).random((1, block.height, block.width, 3), np.float32)
    (expected,) = session.run(None, {source.name: picture.transpose(0, 3, 1, 2)})
    found = _run(retile(content, block), picture)
    difference = float(np.abs(expected.transpose(0, 2, 3, 1) - found).max())
    if not difference <= MOST_DIFFERENCE:
        raise ValueError(
            f"the ONNX model and the model file differ by {difference:.2g} of a range of 1, more "
            f"than {MOST_DIFFERENCE}; an operator was converted to something else"
        )
    return difference


def _block(shape: list[int | str]) -> Size:
    """The ONNX model's own height and width, where they are fixed."""
    height, width = shape[2:]
    return Size(
        height if isinstance(height, int) else _BLOCK.height,
        width if isinstance(width, int) else _BLOCK.width,
    )


def _run(content: bytes, picture: NDArray[np.float32]) -> NDArray[np.float32]:
    interpreter = Interpreter(model_content=content, num_threads=2)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], picture)
    interpreter.invoke()
    found: NDArray[np.float32] = interpreter.get_tensor(
        interpreter.get_output_details()[0]["index"]
    )
    return found
