"""Writes the operators of a .tflite file as ONNX nodes, channels first.

What the numbers are, float32 or integers with scales, is left to the two writers that build on it:
``tools.npu.qdq`` for processors, ``models.onnx_files.from_tflite`` for other float runtimes.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.model.flatbuffer import read_graph
from litedenoise_sdk.model.operators import operator_names
from litedenoise_sdk.model.packing import Fields, unpack
from litedenoise_sdk.model.schema import ACTIVATION_RELU


class OnnxWriter(ABC):
    """Collects ``nodes`` and ``constants``; needs the onnx package.

    Attributes:
        file, graph: the file, and its one graph, as ``unpack`` gives them.
    """

    def __init__(self, content: bytes) -> None:
        """
        Raises:
            CorruptModel: ``content`` is not a network of this family.
            ImportError: there is no onnx.
        """
        from onnx import helper, numpy_helper

        read_graph(content)
        self.helper: Any = helper
        self._to_onnx: Any = numpy_helper.from_array
        self.file = unpack(content)
        self.graph: Fields = self.file["subgraphs"][0]
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    @property
    def ends(self) -> tuple[int, int]:
        """The tensors that the network takes and gives."""
        return int(self.graph["inputs"][0]), int(self.graph["outputs"][0])

    def write_operators(self) -> None:
        """All operators as nodes, in the order in which they run."""
        writers: dict[str, Callable[[Fields, str], None]] = {
            "CONV_2D": self._convolution,
            "ADD": self._addition,
            "CONCATENATION": self._concatenation,
            "MINIMUM": self._minimum,
            "RESIZE_NEAREST_NEIGHBOR": self._resize,
        }
        names = operator_names(self.file)
        for operator in self.graph["operators"]:
            name = names[operator["opcode_index"]]
            if name not in writers:
                raise self.wrong_numbers()
            fused = (operator["builtin_options"] or {}).get("fused_activation_function")
            self.write(
                partial(writers[name], operator),
                int(operator["outputs"][0]),
                relu=fused == ACTIVATION_RELU,
            )

    @abstractmethod
    def write(self, exact: Callable[[str], None], output: int, *, relu: bool) -> None:
        """One operator with what follows it.

        Args:
            exact: writes the operator itself, with this name for its result.
            output: the tensor that it gives.
            relu: whether a ReLU is fused into it.
        """

    @abstractmethod
    def weights(self, kernel: int, bias: int, target: str) -> tuple[list[str], int]:
        """Names of a convolution's kernel and bias, written before, and the kernel's side."""

    @abstractmethod
    def wrong_numbers(self) -> Exception:
        """What to raise where the file holds other numbers than this writer's."""

    @abstractmethod
    def name(self, tensor: int) -> str:
        """What a tensor is called."""

    def node(self, operator: str, inputs: Sequence[str], output: str, **attributes: Any) -> None:
        self.nodes.append(self.helper.make_node(operator, inputs, [output], **attributes))

    def constant(self, name: str, values: Any) -> str:
        self.constants.append(self._to_onnx(np.array(values, order="C"), name))
        return name

    def values(self, tensor: int, dtype: type[np.generic]) -> NDArray[Any]:
        """A tensor's numbers, which the file holds; kernels are (filters, height, width, depth)."""
        found = self.graph["tensors"][tensor]
        values: NDArray[Any] = self.file["buffers"][found["buffer"]]["data"].view(dtype)
        return values.reshape([] if found["shape"] is None else found["shape"])

    def _convolution(self, operator: Fields, target: str) -> None:
        features, kernel, bias = (int(index) for index in operator["inputs"])
        weights, side = self.weights(kernel, bias, target)
        stride = operator["builtin_options"]["stride_h"]
        # SAME padding of sides that are multiples of the stride, as TensorFlow defines it.
        padding = max(side - stride, 0)
        before = padding // 2
        self.node(
            "Conv",
            [self.name(features), *weights],
            target,
            kernel_shape=[side, side],
            strides=[stride, stride],
            pads=[before, before, padding - before, padding - before],
        )

    def _addition(self, operator: Fields, target: str) -> None:
        self.node("Add", [self.name(int(one)) for one in operator["inputs"]], target)

    def _concatenation(self, operator: Fields, target: str) -> None:
        self.node("Concat", [self.name(int(one)) for one in operator["inputs"]], target, axis=1)

    def _minimum(self, operator: Fields, target: str) -> None:
        features, limit = (int(index) for index in operator["inputs"])
        limits = self.constant(f"{target}_limit", self.values(limit, np.float32).reshape(()))
        self.node("Min", [self.name(features), limits], target)

    def _resize(self, operator: Fields, target: str) -> None:
        source, result = int(operator["inputs"][0]), int(operator["outputs"][0])
        tensors = self.graph["tensors"]
        factor = tensors[result]["shape"][1] / tensors[source]["shape"][1]
        scales = self.constant(f"{target}_scales", np.array([1, 1, factor, factor], np.float32))
        self.node(
            "Resize",
            [self.name(source), "", scales],
            target,
            mode="nearest",
            # Together these repeat each pixel, without a half-pixel shift.
            coordinate_transformation_mode="asymmetric",
            nearest_mode="floor",
        )
