"""The network cut into stages: what belongs where, and that the stages are the whole."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from litedenoise_sdk.errors import CorruptModel
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.graph import Graph
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.model.stages import Cutter, Stage, find_stages, part
from litedenoise_sdk.options import Precision
from tests.model.interpreter import infer

PRECISIONS: tuple[Precision, ...] = ("fp32", "fp16", "int8")  # int16x8: test_int16x8.py


def around(tensor: NDArray[Any], rows: tuple[int, int], columns: tuple[int, int], zero: int) -> Any:
    """A part of a tensor, with zeros where it lies outside."""
    before = max(-rows[0], 0), max(-columns[0], 0)
    after = max(rows[1] - tensor.shape[0], 0), max(columns[1] - tensor.shape[1], 0)
    wide = np.pad(
        tensor, ((before[0], after[0]), (before[1], after[1]), (0, 0)), constant_values=zero
    )
    return wide[
        rows[0] + before[0] : rows[1] + before[0], columns[0] + before[1] : columns[1] + before[1]
    ]


def run(cutter: Cutter, graph: Graph, stage: Stage, tensors: dict[int, NDArray[Any]]) -> Any:
    """The stage on everything at once; a pixel more where it doubles what it reads."""
    more = int(any(window.doubled for _, window in stage.inputs))
    height, width = (side >> stage.level for side in (graph.block.height, graph.block.width))
    inputs = [
        around(
            tensors[tensor],
            window.of(-more, height + more),
            window.of(-more, width + more),
            graph.tensors[tensor].zero_point or 0,
        )
        for tensor, window in stage.inputs
    ]
    output = infer(cutter.cut(stage, Size(height + 2 * more, width + 2 * more)), *inputs)
    return output[more : more + height, more : more + width]


@pytest.mark.parametrize("precision", PRECISIONS)
def test_the_stages_one_after_the_other_are_the_network(precision: Precision) -> None:
    model = load_released(precision)
    rng = np.random.default_rng(3)
    shape = (model.graph.block.height, model.graph.block.width, 3)
    picture: NDArray[Any] = rng.random(shape, np.float32)
    if precision == "int8":
        picture = rng.integers(-128, 128, shape, np.int8)
    cutter = Cutter(model.content, model.graph)
    tensors = {model.graph.input: picture}
    for stage in find_stages(model.graph):
        tensors[stage.output] = run(cutter, model.graph, stage, tensors)
    np.testing.assert_array_equal(tensors[model.graph.output], infer(model.content, picture))


@pytest.mark.parametrize("precision", PRECISIONS)
def test_every_operator_belongs_to_a_stage(precision: Precision) -> None:
    graph = load_released(precision).graph
    together = [operator for stage in find_stages(graph) for operator in stage.operators]
    assert set(together) == set(range(len(graph.operators)))
    # Where two stages share a bias, both unpack it.
    repeated = [index for index in set(together) if together.count(index) > 1]
    assert {graph.operators[index].name for index in repeated} <= {"DEQUANTIZE"}


def test_each_stage_has_one_resolution_and_looks_no_further_than_it_must() -> None:
    graph = load_released("fp32").graph
    stages = find_stages(graph)
    for stage in stages:
        own = part(graph, stage)
        heights = {
            graph.tensors[op.outputs[0]].shape[1]
            for op in own.operators
            if graph.tensors[op.outputs[0]].spatial
        }
        assert heights == {graph.block.height >> stage.level}
    assert [(stage.level, stage.overlap_px) for stage in stages] == [
        *[(0, 2), (1, 2)],
        *[(2, 0)] * 3,
        *[(3, 0)] * 3,
        *[(4, 0)] * 3,
        *[(3, 0)] * 3,
        *[(2, 0)] * 3,
        *[(1, 0), (1, 2), (0, 0), (0, 3)],
    ]


def test_a_stage_carries_its_own_weights_alone() -> None:
    model = load_released("fp32")
    cutter = Cutter(model.content, model.graph)
    stages = find_stages(model.graph)
    sizes = [len(cutter.cut(stage, Size(32, 32))) for stage in stages]
    assert sizes[0] < 50_000
    assert sizes[-1] < 100_000
    assert sum(sizes) < len(model.content) + 50_000


def test_the_same_stage_may_be_cut_again_for_another_tile() -> None:
    model = load_released("int8")
    cutter = Cutter(model.content, model.graph)
    stage = find_stages(model.graph)[-2]
    once = cutter.cut(stage, Size(32, 48))
    cutter.cut(stage, Size(64, 16))
    assert cutter.cut(stage, Size(32, 48)) == once


def test_a_network_that_cannot_be_cut_is_refused() -> None:
    graph = load_released("int8").graph
    first = graph.operators[0]
    # The skip and what goes on both leave the first stage.
    later = (*graph.operators[:3], *graph.operators[4:])
    with pytest.raises(CorruptModel, match="one tensor out of each stage"):
        find_stages(Graph(graph.tensors, later, graph.input, first.outputs[0]))
