"""The radius that is derived from the graph, against what pixels really do."""

from collections.abc import Callable

import numpy as np
import pytest

from litedenoise_sdk.geometry import Size, ceil_to
from litedenoise_sdk.model.flatbuffer import read_graph
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.model.packing import unpack
from litedenoise_sdk.model.receptive_field import receptive_field_radius_px, stride_px
from litedenoise_sdk.model.retile import retile
from litedenoise_sdk.options import Precision
from tests.model.interpreter import infer

RADIUS_PX = 139
STRIDE_PX = 16


@pytest.mark.parametrize("precision", ["fp32", "fp16", "int8"])
def test_derived_from_the_graph(precision: Precision) -> None:
    graph = load_released(precision).graph
    assert stride_px(graph) == STRIDE_PX
    assert receptive_field_radius_px(graph) == RADIUS_PX


def test_single_convolution(build_network: Callable[..., bytes]) -> None:
    graph = read_graph(build_network())
    assert stride_px(graph) == 1
    assert receptive_field_radius_px(graph) == 1


def _averaging(content: bytes) -> bytes:
    """The same network with every weight 1 / fan-in and every bias 0.

    Nothing is negative, so nothing cancels out and no ReLU closes: an output pixel is greater than
    zero exactly where a path leads to it from the one input pixel that is.
    """
    averaging = bytearray(content)
    model = unpack(averaging)
    for operator in read_graph(content).operators:
        if operator.name != "CONV_2D":
            continue
        for position in (1, 2):
            tensor = model["subgraphs"][0]["tensors"][operator.inputs[position]]
            values = model["buffers"][tensor["buffer"]]["data"].view(np.float32)
            values[:] = 1 / np.prod(tensor["shape"][1:]) if position == 1 else 0
    return bytes(averaging)


@pytest.mark.parametrize("along_rows", [True, False])
def test_every_path_lies_within_the_radius_and_one_reaches_it(along_rows: bool) -> None:
    length, middle = 320, 160
    block = Size(length, 16) if along_rows else Size(16, length)
    content = retile(_averaging(load_released("fp32").content), block)
    reached_by = []
    for phase in range(STRIDE_PX):
        picture = np.zeros((block.height, block.width, 3), np.float32)
        line = (middle + phase,) if along_rows else (slice(None), middle + phase)
        picture[line] = 1
        reached = np.flatnonzero(infer(content, picture).any(axis=(1 if along_rows else 0, 2)))
        reached_by.append((middle + phase - reached[0], reached[-1] - middle - phase))
    assert np.max(reached_by) == RADIUS_PX


@pytest.mark.parametrize("precision", ["fp32", "int8"])
def test_a_pixel_beyond_the_radius_changes_nothing(precision: Precision) -> None:
    distance = ceil_to(RADIUS_PX, STRIDE_PX)
    rng = np.random.default_rng(seed=3)
    model = load_released(precision)
    content = retile(model.content, Size(64, 352))
    levels = rng.integers(-100, 100, (64, 352, 3)).astype(np.int8)
    before = levels if precision == "int8" else (levels.astype(np.float32) + 128) / 255
    after = before.copy()
    after[:, 176:192] = before.max()
    changed = np.flatnonzero((infer(content, before) != infer(content, after)).any((0, 2)))
    assert changed.size
    assert changed[0] >= 176 - distance
    assert changed[-1] < 192 + distance
    # Some change must leave the pixels that were changed, or this test would prove nothing.
    assert changed[0] < 176
    assert changed[-1] >= 192
