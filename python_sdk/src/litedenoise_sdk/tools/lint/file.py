"""Reads any TensorFlow Lite file, also of networks that the SDK does not run, to judge it.

``model.flatbuffer`` refuses whatever is not of our family; here the very things it refuses are what
has to be named.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.errors import CorruptModel
from litedenoise_sdk.model.operators import operator_codes
from litedenoise_sdk.model.packing import Fields, unpack
from litedenoise_sdk.model.quantization import Quantization, check_steps, formats_fit
from litedenoise_sdk.model.schema import OPERATORS

_ITEM_BITS = {"INT4": 4, "INT2": 2, "BOOL": 8}
"""Types whose name does not end in their bits, or whose items share a byte."""

_MOST_BYTES = 2**40
"""Of one tensor; no network has a terabyte."""


@dataclass(frozen=True, slots=True)
class FileTensor:
    """A tensor as the file has it.

    Attributes:
        name: as the exporter wrote it.
        shape: sizes, 1 where they are open.
        open: whether the signature leaves a size to be decided at run time.
        type: number format, as the schema names it.
        constant: whether the file holds its values, of which there may be none.
        variable: whether it keeps its values from one run to the next.
        quantization: its steps.
    """

    name: str
    shape: tuple[int, ...]
    open: bool
    type: str
    constant: bool
    variable: bool
    quantization: Quantization

    @property
    def nbytes(self) -> int:
        bits = _ITEM_BITS.get(self.type) or int("0" + "".join(filter(str.isdigit, self.type)))
        return math.prod(self.shape) * bits // 8


@dataclass(frozen=True, slots=True)
class FileOperator:
    """An operator: its name, or its vendor's name for it, and tensors read and written."""

    name: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FileGraph:
    """The main graph of a file; operators in the order in which they run."""

    tensors: tuple[FileTensor, ...]
    operators: tuple[FileOperator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]

    def activations(self, tensors: tuple[int, ...]) -> list[FileTensor]:
        """Those of ``tensors`` that are computed; optional inputs that are left out are -1."""
        named = [self.tensors[index] for index in tensors if index >= 0]
        return [tensor for tensor in named if not tensor.constant]

    def weights(self, tensors: tuple[int, ...]) -> list[FileTensor]:
        """Those of ``tensors`` that the file holds."""
        return [self.tensors[i] for i in tensors if i >= 0 and self.tensors[i].constant]


def read_file(content: bytes) -> FileGraph:
    """Reads the bytes of a .tflite file.

    Raises:
        CorruptModel: empty, truncated, or not a TensorFlow Lite file.
    """
    graph = _read(unpack(content))
    _check(graph)
    _check_steps(graph)
    return graph


def _check(graph: FileGraph) -> None:
    """Every index has to be there, and every size to be one that a network can have."""
    if not graph.operators or not graph.inputs or not graph.outputs:
        raise CorruptModel("expected a graph with inputs, operators and outputs, got one without")
    written = [*graph.inputs, *graph.outputs]
    for operator in graph.operators:
        written += operator.outputs
    read = [index for operator in graph.operators for index in operator.inputs]
    count = len(graph.tensors)
    if not all(0 <= index < count for index in written) or not all(-1 <= i < count for i in read):
        raise CorruptModel("expected operators that join tensors of the graph; it is damaged")
    there = {-1, *graph.inputs}  # -1 is an optional input that is left out
    there.update(i for i, tensor in enumerate(graph.tensors) if tensor.constant or tensor.variable)
    for operator in graph.operators:
        if not there.issuperset(operator.inputs):
            raise CorruptModel(
                f"{operator.name}: reads a tensor before it is computed; the model is damaged"
            )
        there.update(operator.outputs)
    if any(tensor.nbytes > _MOST_BYTES for tensor in graph.tensors):
        raise CorruptModel("expected tensors of less than a terabyte; the model is damaged")


def _check_steps(graph: FileGraph) -> None:
    """Operators that the SDK runs need steps with which LiteRT can compute them."""
    for operator in graph.operators:
        used = (*operator.inputs, *operator.outputs)
        tensors = [graph.tensors[index] for index in used if index >= 0]
        if operator.name in OPERATORS.values() and formats_fit(operator.name, tensors):
            check_steps(operator.name, tensors, [tensor.quantization for tensor in tensors])


def _read(model: Fields) -> FileGraph:
    from ai_edge_litert import schema_py_generated as schema

    subgraph = model["subgraphs"][0]
    types = {code: name for name, code in vars(schema.TensorType).items()}
    codes = {code: name for name, code in vars(schema.BuiltinOperator).items()}
    names = [
        _operator_name(listed["custom_code"], codes.get(code, f"operator {code}"))
        for listed, code in zip(model["operator_codes"] or (), operator_codes(model), strict=True)
    ]
    return FileGraph(
        tensors=tuple(
            _read_tensor(model["buffers"], tensor, types) for tensor in subgraph["tensors"] or ()
        ),
        operators=tuple(
            FileOperator(
                names[operator["opcode_index"]],
                _numbers(operator["inputs"]),
                _numbers(operator["outputs"]),
            )
            for operator in subgraph["operators"] or ()
        ),
        inputs=_numbers(subgraph["inputs"]),
        outputs=_numbers(subgraph["outputs"]),
    )


def _operator_name(custom: bytes | None, name: str) -> str:
    return f"CUSTOM {custom.decode(errors='replace')}" if custom else name


def _read_tensor(buffers: list[Fields], tensor: Fields, types: dict[int, str]) -> FileTensor:
    values = buffers[tensor["buffer"]]["data"]
    shape = _numbers(tensor["shape"])
    return FileTensor(
        name=(tensor["name"] or b"").decode(errors="replace"),
        shape=tuple(max(1, side) for side in shape),
        open=any(side < 0 for side in (*_numbers(tensor["shape_signature"]), *shape)),
        type=types[tensor["type"]],
        constant=(values is not None and values.size > 0) or 0 in shape,
        variable=bool(tensor["is_variable"]),
        quantization=Quantization.of(tensor),
    )


def _numbers(vector: NDArray[np.int32] | None) -> tuple[int, ...]:
    return () if vector is None else tuple(vector.tolist())
