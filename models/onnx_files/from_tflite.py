"""Writes the network of a LiteRT file as ONNX."""

from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto

from litedenoise_sdk.model.onnx_writer import OnnxWriter
from litedenoise_sdk.model.schema import TENSOR_TYPES

OPSET = 17
IR_VERSION = 8
"""Of ONNX 1.12, so that runtimes since 2022 read it."""


def to_onnx(content: bytes) -> onnx.ModelProto:
    """The network of an fp32 ``.tflite`` file as ONNX.

    Raises:
        CorruptModel: ``content`` is not a network of this family.
        ValueError: its weights are not float32.
    """
    model = _FloatWriter(content).model()
    onnx.checker.check_model(model, full_check=True)
    return model


class _FloatWriter(OnnxWriter):
    def model(self) -> onnx.ModelProto:
        self.write_operators()
        ends = [
            self.helper.make_tensor_value_info(
                self.name(end), TensorProto.FLOAT, [1, 3, "height", "width"]
            )
            for end in self.ends
        ]
        graph = self.helper.make_graph(
            self.nodes, "litedenoisenet", ends[:1], ends[1:], self.constants
        )
        return self.helper.make_model(
            graph,
            producer_name="litedenoise",
            ir_version=IR_VERSION,
            opset_imports=[self.helper.make_opsetid("", OPSET)],
        )

    def write(self, exact: Callable[[str], None], output: int, *, relu: bool) -> None:
        name = self.name(output)
        if not relu:
            exact(name)
            return
        exact(f"{name}_before_relu")
        self.node("Relu", [f"{name}_before_relu"], name)

    def weights(self, kernel: int, bias: int, target: str) -> tuple[list[str], int]:
        # Channels last to ONNX' channels first.
        weights = self.values(kernel, np.float32).transpose(0, 3, 1, 2)
        names = [
            self.constant(f"{target}_kernel", weights),
            self.constant(f"{target}_bias", self.values(bias, np.float32)),
        ]
        return names, weights.shape[2]

    def values(self, tensor: int, dtype: type[np.generic]) -> NDArray[Any]:
        if TENSOR_TYPES[self.graph["tensors"][tensor]["type"]] != "FLOAT32":
            raise self.wrong_numbers()
        return super().values(tensor, dtype)

    def wrong_numbers(self) -> Exception:
        return ValueError("the weights are not float32; take the fp32 file")

    def name(self, tensor: int) -> str:
        return dict(zip(self.ends, ("noisy", "denoised"), strict=True)).get(
            tensor, f"tensor{tensor}"
        )
