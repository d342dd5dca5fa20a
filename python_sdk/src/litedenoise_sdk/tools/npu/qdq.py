"""Writes a quantized .tflite as ONNX with the very same scales, for runtimes of other vendors.

Every tensor gets a QuantizeLinear and a DequantizeLinear (ONNX' QDQ form), with the scale and zero
point that it has in the file, so that a vendor's runtime computes in the integers of the file.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.errors import ModelError
from litedenoise_sdk.model.flatbuffer import read_graph

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
    read_graph(content)
    return _Writer(content).model()


class _Writer:
    def __init__(self, content: bytes) -> None:
        from ai_edge_litert import schema_py_generated as schema
        from onnx import helper, numpy_helper

        self._schema: Any = schema
        self._helper: Any = helper
        self._to_onnx: Any = numpy_helper.from_array
        self._file: Any = schema.ModelT.InitFromPackedBuf(content, 0)
        self._graph = self._file.subgraphs[0]
        self._constants: list[Any] = []
        self._nodes: list[Any] = []
        self._wide = self._graph.tensors[self._graph.inputs[0]].type == schema.TensorType.INT16

    def model(self) -> Any:
        source, result = int(self._graph.inputs[0]), int(self._graph.outputs[0])
        ends = [self._end("noisy", source), self._end("denoised", result)]
        self._quantize("noisy", source, self._name(source))
        for operator in self._graph.operators:
            self._write(operator)
        self._nodes[-1].output[0] = "denoised"
        make = self._helper
        graph = make.make_graph(self._nodes, "quantized", ends[:1], ends[1:], self._constants)
        return make.make_model(
            graph, ir_version=_IR_VERSION, opset_imports=[make.make_opsetid("", _OPSET)]
        )

    def _end(self, name: str, tensor: int) -> Any:
        _, height, width, channels = (int(side) for side in self._graph.tensors[tensor].shape)
        float32 = self._helper.np_dtype_to_tensor_dtype(np.dtype(np.float32))
        return self._helper.make_tensor_value_info(name, float32, [1, channels, height, width])

    def _write(self, operator: Any) -> None:
        """One operator, its ReLU, and the quantization of what it gives."""
        builtin = self._schema.BuiltinOperator
        known: dict[int, Callable[[Any, str], None]] = {
            builtin.CONV_2D: self._convolution,
            builtin.ADD: self._addition,
            builtin.CONCATENATION: self._concatenation,
            builtin.RESIZE_NEAREST_NEIGHBOR: self._resize,
        }
        code = self._file.operatorCodes[operator.opcodeIndex].builtinCode
        if code not in known:
            raise _not_quantized()
        output = int(operator.outputs[0])
        name, exact = self._name(output), f"{self._name(output)}_exact"
        known[code](operator, exact)
        fused = getattr(operator.builtinOptions, "fusedActivationFunction", None)
        if fused == self._schema.ActivationFunctionType.RELU:
            self._quantize(exact, output, f"{name}_before_relu")
            exact = f"{name}_positive"
            self._node("Relu", [f"{name}_before_relu"], exact)
        self._quantize(exact, output, name)

    def _convolution(self, operator: Any, target: str) -> None:
        features, kernel, bias = (int(index) for index in operator.inputs)
        weights = self._values(kernel, np.int8).transpose(0, 3, 1, 2)
        stride = operator.builtinOptions.strideH
        # SAME padding of sides that are multiples of the stride, as TensorFlow defines it.
        padding = max(weights.shape[2] - stride, 0)
        before = padding // 2
        self._dequantize(weights, kernel, f"{target}_kernel")
        self._dequantize(self._bias(bias), bias, f"{target}_bias")
        self._node(
            "Conv",
            [self._name(features), f"{target}_kernel", f"{target}_bias"],
            target,
            kernel_shape=weights.shape[2:],
            strides=[stride, stride],
            pads=[before, before, padding - before, padding - before],
        )

    def _addition(self, operator: Any, target: str) -> None:
        self._node("Add", [self._name(one) for one in operator.inputs], target)

    def _concatenation(self, operator: Any, target: str) -> None:
        self._node("Concat", [self._name(one) for one in operator.inputs], target, axis=1)

    def _resize(self, operator: Any, target: str) -> None:
        source, result = int(operator.inputs[0]), int(operator.outputs[0])
        factor = self._graph.tensors[result].shape[1] / self._graph.tensors[source].shape[1]
        scales = self._constant(f"{target}_scales", np.array([1, 1, factor, factor], np.float32))
        self._node(
            "Resize",
            [self._name(source), "", scales],
            target,
            mode="nearest",
            # Together these repeat each pixel, without a half-pixel shift.
            coordinate_transformation_mode="asymmetric",
            nearest_mode="floor",
        )

    def _quantize(self, source: str, tensor: int, target: str) -> None:
        """Rounds ``source`` as the file does for ``tensor``."""
        quantization = self._graph.tensors[tensor].quantization
        if quantization is None or quantization.scale is None:
            raise _not_quantized()
        zero_point = int(quantization.zeroPoint[0])
        scale = self._constant(f"{target}_scale", np.float32(quantization.scale[0]))
        zero = self._constant(
            f"{target}_zero",
            np.uint16(zero_point + 32768) if self._wide else np.int8(zero_point),
        )
        self._node("QuantizeLinear", [source, scale, zero], f"{target}_integers")
        self._node("DequantizeLinear", [f"{target}_integers", scale, zero], target)

    def _dequantize(self, values: NDArray[Any], tensor: int, target: str) -> None:
        """Constant integers with a scale for each output channel."""
        scale = np.asarray(self._graph.tensors[tensor].quantization.scale, np.float32)
        inputs = [
            self._constant(f"{target}_integers", values),
            self._constant(f"{target}_scale", np.broadcast_to(scale, values.shape[:1])),
            self._constant(f"{target}_zero", np.zeros(values.shape[0], values.dtype)),
        ]
        self._node("DequantizeLinear", inputs, target, axis=0)

    def _bias(self, tensor: int) -> NDArray[np.int32]:
        values = self._values(tensor, np.int64 if self._wide else np.int32)
        if np.abs(values.astype(np.float64)).max() > _MOST_BIAS:
            raise ModelError("a bias does not fit into the 32 bits that neural processors have")
        return values.astype(np.int32)

    def _values(self, tensor: int, dtype: type[np.integer[Any]]) -> NDArray[Any]:
        found = self._graph.tensors[tensor]
        raw = bytes(self._file.buffers[found.buffer].data)
        return np.frombuffer(raw, dtype).reshape(found.shape)

    def _name(self, tensor: Any) -> str:
        return f"tensor{int(tensor)}"

    def _constant(self, name: str, values: Any) -> str:
        self._constants.append(self._to_onnx(np.array(values, order="C"), name))
        return name

    def _node(self, operator: str, inputs: list[str], output: str, **attributes: Any) -> None:
        self._nodes.append(self._helper.make_node(operator, inputs, [output], **attributes))


def _not_quantized() -> ModelError:
    return ModelError("expected a quantized network; take the int8 or int16x8 file")
