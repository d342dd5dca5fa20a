"""Quantizes a converted float file to int8 activations and weights."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from flatbuffers import Builder
from numpy.typing import NDArray
from tensorflow import int8
from tensorflow.lite.python.convert import mlir_quantize
from tensorflow.lite.python.optimize.calibrator import Calibrator

from models.int8_ranges import (
    ActivationRanges,
    narrow_before_relu,
    saturate_rare_values,
    take_ranges,
)


def quantize_int8(
    content: bytes,
    calibration: Sequence[NDArray[np.float32]],
    ranges: ActivationRanges | None = None,
) -> bytes:
    """The int8 file of a float one; both ends count in 1/255 of the range [0, 1].

    Args:
        content: a float TensorFlow Lite file of the network without its clamp.
        calibration: pictures (1, H, W, 3) float32 in [0, 1] whose activations give the ranges.
        ranges: those that the weights were trained with, in place of the pictures'. Training
            counts on what they cut off: new ones cost a decibel.
    """

    def pictures() -> Iterator[list[NDArray[np.float32]]]:
        for picture in calibration:
            yield [picture]

    model: Any = _unpack(Calibrator(content, [], []).calibrate(pictures))
    if ranges is None:
        narrow_before_relu(model)
        saturate_rare_values(model, content, calibration)
    else:
        take_ranges(model, ranges)
    quantized = mlir_quantize(_pack(model), input_data_type=int8, output_data_type=int8)
    return _clamp_by_saturation(quantized)


def _clamp_by_saturation(content: bytes) -> bytes:
    """Gives both ends the range [0, 1]: bytes of a photo, shifted by 128.

    The last addition then saturates where the float network clamps, without an operator for it.
    """
    model = _unpack(content)
    graph = model.subgraphs[0]
    for index in (graph.inputs[0], graph.outputs[0]):
        quantization = graph.tensors[index].quantization
        quantization.scale, quantization.zeroPoint = [1 / 255], [-128]
    return _pack(model)


def _unpack(content: bytes) -> Any:
    return schema.ModelT.InitFromPackedBuf(content, 0)


def _pack(model: Any) -> bytes:
    builder = Builder(1 << 20)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())
