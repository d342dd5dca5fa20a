"""Writes the network of a LiteRT file as ONNX."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import onnx
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from litedenoise_sdk.model.flatbuffer import read_graph

OPSET = 17
IR_VERSION = 8
"""Of ONNX 1.12, so that runtimes since 2022 read it."""

_RELU = schema.ActivationFunctionType.RELU


def to_onnx(content: bytes) -> onnx.ModelProto:
    """The network of an fp32 ``.tflite`` file as ONNX.

    Raises:
        CorruptModel: ``content`` is not a network of this family.
        ValueError: its weights are not float32.
    """
    read_graph(content)
    model = _Writer(content).model()
    onnx.checker.check_model(model, full_check=True)
    return model


class _Writer:
    def __init__(self, content: bytes):
        self._file: Any = schema.ModelT.InitFromPackedBuf(content, 0)
        self._graph = self._file.subgraphs[0]
        self._constants: list[TensorProto] = []

    def model(self) -> onnx.ModelProto:
        source, result = int(self._graph.inputs[0]), int(self._graph.outputs[0])
        ends = [
            helper.make_tensor_value_info(
                self._name(end), TensorProto.FLOAT, [1, 3, "height", "width"]
            )
            for end in (source, result)
        ]
        nodes = [node for operator in self._graph.operators for node in self._nodes(operator)]
        graph = helper.make_graph(nodes, "litedenoisenet", ends[:1], ends[1:], self._constants)
        return helper.make_model(
            graph,
            producer_name="litedenoise",
            ir_version=IR_VERSION,
            opset_imports=[helper.make_opsetid("", OPSET)],
        )

    def _nodes(self, operator: Any) -> Iterator[onnx.NodeProto]:
        """One operator as ONNX nodes, with what is fused into it after it."""
        code = self._file.operatorCodes[operator.opcodeIndex].builtinCode
        inputs = [int(index) for index in operator.inputs]
        output = self._name(int(operator.outputs[0]))
        options = operator.builtinOptions
        activated = getattr(options, "fusedActivationFunction", None) == _RELU
        target = f"{output}_before_relu" if activated else output
        write: dict[int, Callable[..., onnx.NodeProto]] = {
            schema.BuiltinOperator.CONV_2D: self._convolution,
            schema.BuiltinOperator.ADD: self._addition,
            schema.BuiltinOperator.CONCATENATION: self._concatenation,
            schema.BuiltinOperator.MINIMUM: self._minimum,
            schema.BuiltinOperator.RESIZE_NEAREST_NEIGHBOR: self._resize,
        }
        if code not in write:
            raise ValueError("the weights are not float32; take the fp32 file")
        yield write[code](inputs, target, int(operator.outputs[0]), options)
        if activated:
            yield helper.make_node("Relu", [target], [output])

    def _convolution(
        self, inputs: list[int], target: str, output: int, options: Any
    ) -> onnx.NodeProto:
        features, kernel, bias = inputs
        weights = self._values(kernel).transpose(
            0, 3, 1, 2
        )  # channels last to ONNX' channels first
        size, stride = weights.shape[2], options.strideH
        # SAME padding of sides that are multiples of the stride, as TensorFlow defines it.
        padding = max(size - stride, 0)
        before = padding // 2
        return helper.make_node(
            "Conv",
            [
                self._name(features),
                self._constant(f"{target}_kernel", weights),
                self._constant(f"{target}_bias", self._values(bias)),
            ],
            [target],
            kernel_shape=[size, size],
            strides=[stride, stride],
            pads=[before, before, padding - before, padding - before],
        )

    def _addition(
        self, inputs: list[int], target: str, output: int, options: Any
    ) -> onnx.NodeProto:
        return helper.make_node("Add", [self._name(index) for index in inputs], [target])

    def _concatenation(
        self, inputs: list[int], target: str, output: int, options: Any
    ) -> onnx.NodeProto:
        return helper.make_node("Concat", [self._name(index) for index in inputs], [target], axis=1)

    def _minimum(self, inputs: list[int], target: str, output: int, options: Any) -> onnx.NodeProto:
        limit = self._constant(f"{target}_limit", self._values(inputs[1]).reshape(()))
        return helper.make_node("Min", [self._name(inputs[0]), limit], [target])

    def _resize(self, inputs: list[int], target: str, output: int, options: Any) -> onnx.NodeProto:
        before, after = (self._graph.tensors[index].shape for index in (inputs[0], output))
        factor = after[1] / before[1]
        scales = self._constant(f"{target}_scales", np.array([1, 1, factor, factor], np.float32))
        return helper.make_node(
            "Resize",
            [self._name(inputs[0]), "", scales],
            [target],
            mode="nearest",
            # Together these repeat each pixel, without a half-pixel shift.
            coordinate_transformation_mode="asymmetric",
            nearest_mode="floor",
        )

    def _name(self, tensor: int) -> str:
        if tensor == self._graph.inputs[0]:
            return "noisy"
        if tensor == self._graph.outputs[0]:
            return "denoised"
        return f"tensor{tensor}"

    def _values(self, index: int) -> NDArray[np.float32]:
        tensor = self._graph.tensors[index]
        if tensor.type != schema.TensorType.FLOAT32:
            raise ValueError("the weights are not float32; take the fp32 file")
        raw = bytes(self._file.buffers[tensor.buffer].data)
        return np.frombuffer(raw, np.float32).reshape([] if tensor.shape is None else tensor.shape)

    def _constant(self, name: str, values: NDArray[np.float32]) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name
