"""What a model file says about itself, and the sidecar made from it."""

import hashlib
import math
from collections.abc import Mapping
from typing import TypedDict

from litedenoise_sdk.errors import CorruptModel
from litedenoise_sdk.geometry import Size, ceil_to
from litedenoise_sdk.model.flatbuffer import read_graph
from litedenoise_sdk.model.graph import Graph, Tensor, TensorType
from litedenoise_sdk.model.receptive_field import receptive_field_radius_px, stride_px
from litedenoise_sdk.model.sidecar import Sidecar, TensorDtype
from litedenoise_sdk.options import Precision

_ENDS: Mapping[TensorType, tuple[float, int]] = {"INT8": (1 / 255, -128), "INT16": (1 / 32767, 0)}
"""Scale and zero point at the ends of quantized networks."""
_QUANTIZED: Mapping[TensorType, Precision] = {"INT8": "int8", "INT16": "int16x8"}
_DTYPES: Mapping[TensorType, TensorDtype] = {
    "FLOAT32": "float32",
    "INT8": "int8",
    "INT16": "int16",
}


class Facts(TypedDict):
    """The part of a sidecar that follows from the model file alone; see ``Sidecar``."""

    precision: Precision
    parameters: int
    block: Size
    stride_px: int
    receptive_field_radius_px: int
    activation_bytes_per_px: float
    input_dtype: TensorDtype
    input_scale: float | None
    input_zero_point: int | None
    output_dtype: TensorDtype
    output_scale: float | None
    output_zero_point: int | None
    sha256: str


def facts(content: bytes, graph: Graph) -> Facts:
    """The facts of the model file ``content``, from which ``graph`` was read.

    Raises:
        CorruptModel: an end of the graph is neither float32, nor int8 in steps of 1/255 from -128,
            nor int16 in steps of 1/32767 from 0.
    """
    source, result = graph.tensors[graph.input], graph.tensors[graph.output]
    for end in (source, result):
        _check_end(end)
    return Facts(
        precision=_precision(graph),
        parameters=graph.parameters,
        block=graph.block,
        stride_px=stride_px(graph),
        receptive_field_radius_px=receptive_field_radius_px(graph),
        activation_bytes_per_px=graph.activation_bytes_per_px,
        input_dtype=_DTYPES[source.type],
        input_scale=source.scale,
        input_zero_point=source.zero_point,
        output_dtype=_DTYPES[result.type],
        output_scale=result.scale,
        output_zero_point=result.zero_point,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def describe(
    content: bytes,
    *,
    name: str,
    network: str,
    licence: str,
    training: Mapping[str, object],
) -> Sidecar:
    """Makes the sidecar of the model file ``content``.

    Everything that the file tells is read from it; the halo is the receptive field's radius,
    rounded up to the stride. The arguments are the attributes of ``Sidecar``.

    Raises:
        CorruptModel: ``content`` is not a network of this family.
        SidecarMismatch: an argument that ``Sidecar`` refuses.
    """
    found = facts(content, read_graph(content))
    return Sidecar(
        name=name,
        network=network,
        halo_px=ceil_to(found["receptive_field_radius_px"], found["stride_px"]),
        licence=licence,
        training=training,
        **found,
    )


def _precision(graph: Graph) -> Precision:
    if graph.tensors[graph.input].type in _QUANTIZED:
        return _QUANTIZED[graph.tensors[graph.input].type]
    halved = any(tensor.constant and tensor.type == "FLOAT16" for tensor in graph.tensors)
    return "fp16" if halved else "fp32"


def _check_end(tensor: Tensor) -> None:
    if tensor.type == "FLOAT32":
        return
    step, zero_point = _ENDS.get(tensor.type, (0.0, 0))
    if (
        tensor.scale is None
        or not math.isclose(tensor.scale, step, rel_tol=1e-6)
        or tensor.zero_point != zero_point
    ):
        raise CorruptModel(
            "expected the model's ends in float32, in int8 with scale 1/255, zero point -128, or "
            f"in int16 with scale 1/32767, zero point 0; got {tensor.type} with {tensor.scale} and "
            f"{tensor.zero_point}; export it again"
        )
