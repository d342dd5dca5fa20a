"""The network that a model file holds, as plain values, and what follows from them."""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from litedenoise_sdk.geometry import Size

TensorType = Literal["FLOAT32", "FLOAT16", "INT64", "INT32", "INT16", "INT8"]
ITEM_BYTES: dict[TensorType, int] = {
    "FLOAT32": 4,
    "FLOAT16": 2,
    "INT64": 8,
    "INT32": 4,
    "INT16": 2,
    "INT8": 1,
}


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor of the graph.

    Attributes:
        shape: activations (1, height, width, channels); weights (out, height, width, in).
        type: number format, as the schema names it.
        constant: whether the file holds its values.
        spatial: whether its height and width follow the block's.
        scale, zero_point: of a tensor quantized as a whole, value = scale * (number - zero_point);
            None elsewhere.
    """

    shape: tuple[int, ...]
    type: TensorType
    constant: bool
    spatial: bool
    scale: float | None
    zero_point: int | None

    @property
    def nbytes(self) -> int:
        return math.prod(self.shape) * ITEM_BYTES[self.type]


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator: its name in the schema, tensors read and written, and a convolution's stride.

    ``stride`` is 1 for everything else.
    """

    name: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    stride: int


@dataclass(frozen=True, slots=True)
class Graph:
    """Tensors, and operators in the order in which they run; ``input`` and ``output`` index the
    tensors of shape (1, height, width, 3) at the two ends."""

    tensors: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    input: int
    output: int

    @property
    def block(self) -> Size:
        """Height and width of the input, in pixels."""
        _, height, width, _ = self.tensors[self.input].shape
        return Size(height, width)

    @property
    def operator_counts(self) -> Counter[str]:
        """How many operators there are of each name."""
        return Counter(operator.name for operator in self.operators)

    @property
    def parameters(self) -> int:
        """Weights and biases. Equal biases that share one tensor in the file count each time."""
        return sum(
            math.prod(weights.shape) + math.prod(bias.shape)
            for weights, bias, _ in self._convolutions()
        )

    @property
    def macs_per_px(self) -> float:
        """Multiplications with accumulation for each pixel of the input."""
        macs = sum(
            math.prod(weights.shape) * output.shape[1] * output.shape[2]
            for weights, _, output in self._convolutions()
        )
        return macs / self.block.area

    @property
    def activation_bytes_per_px(self) -> float:
        """Peak bytes of activations alive at one time, for each pixel of the input.

        An activation lives from the operator that writes it to the last one that reads it, and
        shares memory with no other. Runtimes add scratch space of their own.
        """
        last_use = {
            tensor: step
            for step, operator in enumerate(self.operators)
            for tensor in (*operator.inputs, *operator.outputs)
        }
        last_use[self.output] = len(self.operators)
        alive = {self.input}
        peak = 0
        for step, operator in enumerate(self.operators):
            alive.update(tensor for tensor in operator.outputs if self.tensors[tensor].spatial)
            peak = max(peak, sum(self.tensors[tensor].nbytes for tensor in alive))
            alive = {tensor for tensor in alive if last_use[tensor] > step}
        return peak / self.block.area

    def _convolutions(self) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        """Weights, bias and output of each convolution."""
        for operator in self.operators:
            if operator.name == "CONV_2D":
                weights, bias = operator.inputs[1:]
                yield self.tensors[weights], self.tensors[bias], self.tensors[operator.outputs[0]]
