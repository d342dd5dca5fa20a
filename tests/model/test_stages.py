"""The network cut in three: what belongs where, and that the parts are the whole."""

from typing import Any

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from litedenoise_sdk.errors import CorruptModel
from litedenoise_sdk.model.graph import Graph
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.model.stages import cut, find_stages, part
from litedenoise_sdk.options import Precision

PRECISIONS: tuple[Precision, ...] = ("fp32", "fp16", "int8")  # int16x8: test_int16x8.py


def infer(content: bytes, *inputs: NDArray[Any]) -> NDArray[Any]:
    interpreter = Interpreter(model_content=content)
    interpreter.allocate_tensors()
    for detail, value in zip(interpreter.get_input_details(), inputs, strict=True):
        interpreter.set_tensor(detail["index"], value)
    interpreter.invoke()
    output: NDArray[Any] = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
    return output


@pytest.mark.parametrize("precision", PRECISIONS)
def test_the_parts_one_after_the_other_are_the_network(precision: Precision) -> None:
    model = load_released(precision)
    rng = np.random.default_rng(3)
    shape = (1, model.graph.block.height, model.graph.block.width, 3)
    picture: NDArray[Any] = rng.random(shape, np.float32)
    if precision == "int8":
        picture = rng.integers(-128, 128, shape, np.int8)
    stages = find_stages(model.graph)
    value = picture
    skips = []
    for head in stages.heads:
        value = infer(cut(model.content, head), value)
        skips.append(value)
    value = infer(cut(model.content, stages.middle), value)
    for level in reversed(range(len(skips))):
        beside = (picture,) if level == 0 else ()
        value = infer(cut(model.content, stages.tails[level]), *beside, skips[level], value)
    np.testing.assert_array_equal(value, infer(model.content, picture))


@pytest.mark.parametrize("precision", PRECISIONS)
def test_every_operator_belongs_to_a_part(precision: Precision) -> None:
    graph = load_released(precision).graph
    stages = find_stages(graph)
    together = [operator for stage in stages.all for operator in stage.operators]
    assert set(together) == set(range(len(graph.operators)))
    # Where two parts share a bias, both unpack it.
    repeated = [index for index in set(together) if together.count(index) > 1]
    assert {graph.operators[index].name for index in repeated} <= {"DEQUANTIZE"}


def test_each_level_has_its_resolution() -> None:
    graph = load_released("fp32").graph
    stages = find_stages(graph)
    for level, ends in enumerate(zip(stages.heads, stages.tails, strict=True)):
        for stage in ends:
            for operator in part(graph, stage).operators:
                assert graph.tensors[operator.outputs[0]].shape[1] == graph.block.height >> level
    assert graph.tensors[stages.middle.outputs[0]].shape[1] == graph.block.height // 8
    assert [stage.reach_px for stage in stages.heads] == [3, 3, 3]
    assert [stage.reach_px for stage in stages.tails] == [4, 3, 3]


def test_a_part_carries_its_own_weights_alone() -> None:
    model = load_released("fp32")
    sizes = [len(cut(model.content, stage)) for stage in find_stages(model.graph).all]
    assert sizes[0] < 50_000
    assert sizes[-1] < 100_000
    assert sum(sizes) < len(model.content) + 50_000


def test_a_network_of_another_shape_is_refused() -> None:
    graph = load_released("int8").graph
    flat = Graph(graph.tensors, graph.operators[:4], graph.input, graph.operators[3].outputs[0])
    with pytest.raises(CorruptModel, match="halves"):
        find_stages(flat)
    later = tuple(op for op in graph.operators if op.name != "ADD")
    with pytest.raises(CorruptModel, match="one skip"):
        find_stages(Graph(graph.tensors, later, graph.input, graph.output))
