"""Writes a quantized .tflite as ONNX with the very same scales, for runtimes of other vendors.

Every tensor gets a QuantizeLinear and a DequantizeLinear (ONNX' QDQ form), with the scale and zero
point that it has in the file, so that a vendor's runtime computes in the integers of the file.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.errors import ModelError
from litedenoise_sdk.model.onnx_writer import OnnxWriter
from litedenoise_sdk.model.schema import TENSOR_TYPES

_OPSET, _IR_VERSION = 21, 10
"""The first that quantizes to 16 bits, of ONNX 1.16."""

_MOST_BIAS = np.iinfo(np.int32).max


def to_qdq(content: bytes) -> Any:
    """The network as an ``onnx.ModelProto``, (1, 3, height, width) float32 in and out.

    Activations of 8 bits stay int8. Those of 16 bits become uint16 around 32768: the same numbers,
    in the one kind of 16 bits that Qualcomm's processor takes in every operator.

    Raises:
        CorruptModel: ``content`` is not a network of this family.
        ModelError: it is not quantized.
        ImportError: there is no onnx.
    """
    return _QdqWriter(content).model()


class _QdqWriter(OnnxWriter):
    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        source, _ = self.ends
        self._wide = TENSOR_TYPES[self.graph["tensors"][source]["type"]] == "INT16"

    def model(self) -> Any:
        source, result = self.ends
        ends = [self._end("noisy", source), self._end("denoised", result)]
        self._quantize("noisy", source, self.name(source))
        self.write_operators()
        self.nodes[-1].output[0] = "denoised"
        make = self.helper
        graph = make.make_graph(self.nodes, "quantized", ends[:1], ends[1:], self.constants)
        return make.make_model(
            graph, ir_version=_IR_VERSION, opset_imports=[make.make_opsetid("", _OPSET)]
        )

    def _end(self, name: str, tensor: int) -> Any:
        _, height, width, channels = (int(side) for side in self.graph["tensors"][tensor]["shape"])
        float32 = self.helper.np_dtype_to_tensor_dtype(np.dtype(np.float32))
        return self.helper.make_tensor_value_info(name, float32, [1, channels, height, width])

    def write(self, exact: Callable[[str], None], output: int, *, relu: bool) -> None:
        """The operator, its ReLU, and the quantization of what each gives."""
        name = self.name(output)
        unrounded = f"{name}_exact"
        exact(unrounded)
        if relu:
            self._quantize(unrounded, output, f"{name}_before_relu")
            unrounded = f"{name}_positive"
            self.node("Relu", [f"{name}_before_relu"], unrounded)
        self._quantize(unrounded, output, name)

    def weights(self, kernel: int, bias: int, target: str) -> tuple[list[str], int]:
        weights = self.values(kernel, np.int8).transpose(0, 3, 1, 2)
        names = [f"{target}_kernel", f"{target}_bias"]
        self._dequantize(weights, kernel, names[0])
        self._dequantize(self._bias(bias), bias, names[1])
        return names, weights.shape[2]

    def _quantize(self, source: str, tensor: int, target: str) -> None:
        """Rounds ``source`` as the file does for ``tensor``."""
        quantization = self.graph["tensors"][tensor]["quantization"]
        if quantization is None or quantization["scale"] is None:
            raise self.wrong_numbers()
        zero_point = int(quantization["zero_point"][0])
        scale = self.constant(f"{target}_scale", np.float32(quantization["scale"][0]))
        zero = self.constant(
            f"{target}_zero",
            np.uint16(zero_point + 32768) if self._wide else np.int8(zero_point),
        )
        self.node("QuantizeLinear", [source, scale, zero], f"{target}_integers")
        self.node("DequantizeLinear", [f"{target}_integers", scale, zero], target)

    def _dequantize(self, values: NDArray[Any], tensor: int, target: str) -> None:
        """Constant integers with a scale for each output channel."""
        scale = self.graph["tensors"][tensor]["quantization"]["scale"]
        inputs = [
            self.constant(f"{target}_integers", values),
            self.constant(f"{target}_scale", np.broadcast_to(scale, values.shape[:1])),
            self.constant(f"{target}_zero", np.zeros(values.shape[0], values.dtype)),
        ]
        self.node("DequantizeLinear", inputs, target, axis=0)

    def _bias(self, tensor: int) -> NDArray[np.int32]:
        values = self.values(tensor, np.int64 if self._wide else np.int32)
        if np.abs(values.astype(np.float64)).max() > _MOST_BIAS:
            raise ModelError("a bias does not fit into the 32 bits that neural processors have")
        return values.astype(np.int32)

    def wrong_numbers(self) -> Exception:
        return ModelError("expected a quantized network; take the int8 or int16x8 file")

    def name(self, tensor: int) -> str:
        return f"tensor{tensor}"
