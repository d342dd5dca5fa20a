"""LiteRT's own interpreter, to compare with."""

from typing import Any

from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray


def infer(content: bytes, *inputs: NDArray[Any]) -> NDArray[Any]:
    """What a ``.tflite`` file makes of its inputs, each (H, W, C) in the dtype that it asks for."""
    interpreter = Interpreter(model_content=content)
    interpreter.allocate_tensors()
    for detail, value in zip(interpreter.get_input_details(), inputs, strict=True):
        interpreter.set_tensor(detail["index"], value[None])
    interpreter.invoke()
    output: NDArray[Any] = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
    return output.squeeze(0)
