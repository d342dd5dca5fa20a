"""Pixels side by side as channels: the same numbers at the same places."""

import numpy as np
import pytest

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.model.packing import unpack
from litedenoise_sdk.model.stages import Cutter, find_stages, input_sizes
from litedenoise_sdk.model.widen import pixels_side_by_side, widened
from tests.model.interpreter import infer

MODEL = load_released("int8")
STAGES = find_stages(MODEL.graph)
NARROW = {
    number: pixels
    for number, stage in enumerate(STAGES)
    if (pixels := pixels_side_by_side(MODEL.graph, stage)) > 1
}


def test_stages_of_few_channels_fill_a_unit_of_64() -> None:
    found = [
        (STAGES[number].level, pixels, MODEL.graph.tensors[STAGES[number].output].shape[3])
        for number, pixels in NARROW.items()
    ]
    assert found == [(0, 4, 16), (1, 2, 32), (2, 2, 32), (2, 2, 32), (1, 2, 32), (0, 4, 3)]


@pytest.mark.parametrize("precision", ["fp32", "int16x8"])
def test_only_sums_of_8_bits_are_widened(precision: str) -> None:
    graph = load_released(precision).graph  # type: ignore[arg-type]
    assert {pixels_side_by_side(graph, stage) for stage in find_stages(graph)} == {1}


@pytest.mark.parametrize("number", NARROW)
@pytest.mark.parametrize("tile", [Size(1, 4), Size(5, 12), Size(2, 32)], ids=str)
def test_not_a_number_changes(number: int, tile: Size) -> None:
    stage, pixels = STAGES[number], NARROW[number]
    content = Cutter(MODEL.content, MODEL.graph).cut(stage, tile)
    wide = widened(content, pixels)
    (subgraph,) = unpack(wide)["subgraphs"]
    shapes = [subgraph["tensors"][index]["shape"].tolist()[1:] for index in subgraph["inputs"]]
    rng = np.random.default_rng(number)
    side_by_side = [rng.integers(-128, 128, shape).astype(np.int8) for shape in shapes]
    inputs = [
        values.reshape(len(values), -1, MODEL.graph.tensors[tensor].shape[3])[:, : size.width]
        for values, (tensor, _), size in zip(
            side_by_side, stage.inputs, input_sizes(stage, tile), strict=True
        )
    ]
    expected = infer(content, *inputs)
    found = infer(wide, *side_by_side)
    assert found.shape[1] * pixels == tile.width
    assert np.array_equal(found.reshape(expected.shape), expected)
