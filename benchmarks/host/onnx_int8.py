"""The network of an int8 ``.tflite`` file as ONNX, number by number, to time ONNX Runtime on it.

Every weight, bias, scale and zero point is the file's own. Operators stand between
DequantizeLinear and QuantizeLinear, of which ONNX Runtime makes integer kernels where it thinks
fit (https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html): on x86 it
leaves some in float, and is faster for it than where "session.qdqisint8allowed" makes all integer.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import onnx
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from models.export_onnx import IR_VERSION, OPSET

_KINDS: dict[int, type[np.signedinteger[Any]]] = {
    schema.TensorType.INT8: np.int8,
    schema.TensorType.INT32: np.int32,
}
_RELU = schema.ActivationFunctionType.RELU


def to_quantized_onnx(content: bytes) -> onnx.ModelProto:
    """The model: "noisy" to "denoised", both (1, 3, height, width) int8, sizes free.

    Raises:
        ValueError: a tensor that is not int8, or an operator that int8 files do not have.
    """
    model = _Writer(content).model()
    onnx.checker.check_model(model, full_check=True)
    return model


class _Writer:
    def __init__(self, content: bytes) -> None:
        self._file: Any = schema.ModelT.InitFromPackedBuf(content, 0)
        self._graph = self._file.subgraphs[0]
        self._constants: list[TensorProto] = []

    def model(self) -> onnx.ModelProto:
        nodes = [self._dequantize("noisy", int(self._graph.inputs[0]))]
        for operator in self._graph.operators:
            nodes += self._operator(operator)
        del nodes[-1]  # nothing reads the real numbers of the result
        nodes[-1].output[0] = "denoised"
        ends = [
            helper.make_tensor_value_info(name, TensorProto.INT8, [1, 3, "height", "width"])
            for name in ("noisy", "denoised")
        ]
        graph = helper.make_graph(nodes, "litedenoisenet-int8", ends[:1], ends[1:], self._constants)
        return helper.make_model(
            graph,
            producer_name="litedenoise",
            ir_version=IR_VERSION,
            opset_imports=[helper.make_opsetid("", OPSET)],
        )

    def _operator(self, operator: Any) -> Iterator[onnx.NodeProto]:
        """An operator on real numbers, and its result rounded to int8 and back."""
        code = self._file.operatorCodes[operator.opcodeIndex].builtinCode
        inputs, output = [int(index) for index in operator.inputs], int(operator.outputs[0])
        exact = f"tensor{output}_exact"
        if code == schema.BuiltinOperator.CONV_2D:
            yield from self._convolution(inputs, exact, operator.builtinOptions.strideH)
        elif code == schema.BuiltinOperator.ADD:
            yield helper.make_node("Add", [_real(index) for index in inputs], [exact])
        elif code == schema.BuiltinOperator.CONCATENATION:
            yield helper.make_node("Concat", [_real(index) for index in inputs], [exact], axis=1)
        elif code == schema.BuiltinOperator.RESIZE_NEAREST_NEIGHBOR:
            yield self._resize(inputs[0], output, exact)
        else:
            raise ValueError("expected a quantized network of this family; take the int8 file")
        if getattr(operator.builtinOptions, "fusedActivationFunction", None) == _RELU:
            positive = f"{exact}_positive"
            yield helper.make_node("Relu", [exact], [positive])
            exact = positive
        scale, zero = self._quantization(output)
        rounded = f"tensor{output}_int8"
        yield helper.make_node("QuantizeLinear", [exact, scale, zero], [rounded])
        yield self._dequantize(rounded, output)

    def _convolution(self, inputs: list[int], target: str, stride: int) -> Iterator[onnx.NodeProto]:
        features, kernel, bias = inputs
        weights = self._values(kernel).transpose(0, 3, 1, 2)  # channels last to channels first
        yield self._dequantize(self._constant(f"tensor{kernel}", weights), kernel)
        yield self._dequantize(self._constant(f"tensor{bias}", self._values(bias)), bias)
        size = weights.shape[2]
        padding = max(size - stride, 0)  # SAME of sides that are multiples of the stride
        before = padding // 2
        yield helper.make_node(
            "Conv",
            [_real(features), _real(kernel), _real(bias)],
            [target],
            kernel_shape=[size, size],
            strides=[stride, stride],
            pads=[before, before, padding - before, padding - before],
        )

    def _resize(self, source: int, output: int, target: str) -> onnx.NodeProto:
        before, after = (self._graph.tensors[index].shape for index in (source, output))
        factor = after[1] / before[1]
        scales = self._constant(f"{target}_scales", np.array([1, 1, factor, factor], np.float32))
        return helper.make_node(
            "Resize",
            [_real(source), "", scales],
            [target],
            mode="nearest",
            coordinate_transformation_mode="asymmetric",
            nearest_mode="floor",
        )

    def _dequantize(self, name: str, tensor: int) -> onnx.NodeProto:
        scale, zero = self._quantization(tensor)
        inputs = [name, scale, zero]
        return helper.make_node("DequantizeLinear", inputs, [_real(tensor)], axis=0)

    def _quantization(self, index: int) -> tuple[str, str]:
        """Scale and zero point: one of a tensor, or one of each output channel."""
        quantization = self._graph.tensors[index].quantization
        kind = self._kind(index)
        scale = np.asarray(quantization.scale, np.float32)
        zero = np.asarray(quantization.zeroPoint, kind)
        if not self._is_constant(index):
            scale, zero = scale.reshape(()), zero.reshape(())
        return (
            self._constant(f"tensor{index}_scale", scale),
            self._constant(f"tensor{index}_zero", zero),
        )

    def _is_constant(self, index: int) -> bool:
        return self._file.buffers[self._graph.tensors[index].buffer].data is not None

    def _kind(self, index: int) -> type[np.signedinteger[Any]]:
        kind = _KINDS.get(self._graph.tensors[index].type)
        if kind is None:
            raise ValueError("expected a network of int8; take the int8 file")
        return kind

    def _values(self, index: int) -> NDArray[Any]:
        tensor = self._graph.tensors[index]
        raw = bytes(self._file.buffers[tensor.buffer].data)
        return np.frombuffer(raw, self._kind(index)).reshape(tensor.shape)

    def _constant(self, name: str, values: NDArray[Any]) -> str:
        if all(constant.name != name for constant in self._constants):
            self._constants.append(numpy_helper.from_array(values, name))
        return name


def _real(tensor: int) -> str:
    return f"tensor{tensor}_real"
