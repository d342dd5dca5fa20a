"""Damaged models and sidecars are refused with our own error, or do no harm.

``python -m tests.model.damage --count 5000`` tries more of them.
"""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from litedenoise_sdk.errors import CorruptModel, SidecarMismatch
from litedenoise_sdk.model.flatbuffer import read_graph
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.model.sidecar import Sidecar
from litedenoise_sdk.tools.lint import lint
from tests.model.damage import MODULE
from tests.model.networks import packed, small_network
from tests.sweep import sweep

CONTENT = small_network()


def edited(edit: Callable[[Any], None], content: bytes = CONTENT) -> bytes:
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    edit(model)
    return packed(model)


def test_hundreds_of_damaged_models_and_sidecars() -> None:
    wrong, worked = sweep(MODULE, 0, 160)
    assert wrong == []
    assert 0 < worked < 80


def test_damage_to_a_released_model() -> None:
    wrong, _ = sweep(MODULE, 0, 10, ["--model", "int8"])
    assert wrong == []


def test_sound_network_passes() -> None:
    assert len(read_graph(CONTENT).operators) == 8


def _steps_of_weights(model: Any, scales: list[float], zero_points: list[int]) -> None:
    steps = model.subgraphs[0].tensors[1].quantization
    steps.scale = np.array(scales, np.float32)
    steps.zeroPoint = np.array(zero_points, np.int64)


@pytest.mark.parametrize(
    "edit",
    [
        lambda model: _steps_of_weights(model, [0.01] * 3, [0] * 3),
        lambda model: _steps_of_weights(model, [0.01] * 8, [0] * 3),
        lambda model: _steps_of_weights(model, [0.01] * 7 + [0.0], [0] * 8),
        lambda model: _steps_of_weights(model, [0.01] * 7 + [float("nan")], [0] * 8),
        lambda model: _steps_of_weights(model, [0.01] * 8, [5] * 8),
        lambda model: _steps_of_weights(model, [], []),
    ],
)
@pytest.mark.parametrize("read", [read_graph, lint])
def test_steps_that_litert_cannot_take(
    edit: Callable[[Any], None], read: Callable[[bytes], object]
) -> None:
    with pytest.raises(CorruptModel, match="scales and zero points"):
        read(edited(edit))


@pytest.mark.parametrize("read", [read_graph, lint])
def test_sum_whose_terms_are_far_beyond_its_result(read: Callable[[bytes], object]) -> None:
    """LiteRT ends the process for it: a check in ``kernels/add.cc``."""

    def edit(model: Any) -> None:
        for operator in model.subgraphs[0].operators:
            if operator.opcodeIndex == 1:
                output = model.subgraphs[0].tensors[operator.outputs[0]]
                output.quantization.scale = np.array([1e-15], np.float32)

    with pytest.raises(CorruptModel, match="ADD"):
        read(edited(edit))


def test_resize_to_another_size() -> None:
    def edit(model: Any) -> None:
        for buffer in model.buffers:
            if buffer.data is not None and len(buffer.data) == 8:
                buffer.data = np.array([64, 2**30], "<i4").view(np.uint8)

    with pytest.raises(CorruptModel, match="resize"):
        read_graph(edited(edit))


def test_channels_joined_along_another_axis() -> None:
    def edit(model: Any) -> None:
        for operator in model.subgraphs[0].operators:
            if operator.opcodeIndex == 3:
                operator.builtinOptions.axis = 1

    with pytest.raises(CorruptModel, match="axis of 1"):
        read_graph(edited(edit))


def test_tensors_that_share_one_constant_are_no_bomb() -> None:
    def edit(model: Any) -> None:
        tensors = model.subgraphs[0].tensors
        tensors += [max(tensors, key=lambda tensor: np.size(model.buffers[tensor.buffer].data))]
        tensors += 40 * tensors[-1:]

    with pytest.raises(CorruptModel, match="buffer for each constant"):
        read_graph(edited(edit, load_released("int8").content))


@pytest.mark.parametrize("read", [read_graph, lint])
def test_lists_that_share_their_bytes_are_refused_at_once(read: Callable[[bytes], object]) -> None:
    """A list of 400,000 references to one operator whose inputs are 400,000 more: hours without a
    budget."""
    content = edited(lambda _: None)
    many = 400_000
    operator = schema.Model.GetRootAs(content, 0).Subgraphs(0).Operators(0)
    model = schema.Model.GetRootAs(content, 0)
    field = model.Subgraphs(0)._tab
    place = field.Pos + field.Offset(10)  # the list of operators
    target = len(content) + (-len(content) % 4)
    changed = bytearray(content.ljust(target, b"\0"))
    changed += many.to_bytes(4, "little")
    for index in range(many):
        here = target + 4 + 4 * index
        changed += ((operator._tab.Pos - here) % 2**32).to_bytes(4, "little")
    changed[place : place + 4] = (target - place).to_bytes(4, "little")
    started = time.process_time()
    with pytest.raises(CorruptModel):
        read(bytes(changed))
    assert time.process_time() - started < 20


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("stride_px", "1" * 300),
        ("parameters", "9" * 5000),
        ("activation_bytes_per_px", "1" + "0" * 400),
        ("input_scale", "1e999"),
        ("name", '"\\ud800"'),
        ("name", '"\\u001b[2J"'),
        ("block", "[[1], {}]"),
    ],
)
def test_absurd_values_in_sidecars(key: str, value: str) -> None:
    text = load_released("int8").sidecar.to_json()
    line = next(line for line in text.splitlines() if line.startswith(f'  "{key}"'))
    start = text.index(line)
    if key == "block":
        changed = text.replace('"block": [\n    512,\n    512\n  ]', f'"block": {value}')
    else:
        changed = text[:start] + f'  "{key}": {value},' + text[start + len(line) :]
    assert changed != text
    with pytest.raises(SidecarMismatch) as caught:
        Sidecar.from_json(changed)
    assert len(str(caught.value)) < 500
