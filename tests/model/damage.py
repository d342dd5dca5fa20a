"""Damages models and sidecars, and sees that each is refused with our own error or works.

python -m tests.model.damage --count 5000
"""

import argparse
import json
import random
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from litedenoise_sdk.errors import LiteDenoiseError
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.describe import describe
from litedenoise_sdk.model.load import join, load_released
from litedenoise_sdk.model.retile import retile
from litedenoise_sdk.model.sidecar import Sidecar
from litedenoise_sdk.runtime.auto.agreement import noisy_block
from litedenoise_sdk.runtime.cpu.runtime import LiteRtCpuRuntime
from litedenoise_sdk.tools.lint import lint
from tests.model.networks import packed, small_network
from tests.sweep import Attempt, cut, flipped, run

_NUMBERS = (0, 1, -1, 2, 3, 127, 255, 4096, 65_535, 2**31 - 1, -(2**31))
_SCALES = (0.0, -1.0, 1e-38, 1e-12, 1e-3, 0.5, 2.0, 1e6, 1e30, float("inf"), float("nan"))
_JSON: tuple[object, ...] = (
    *(None, True, "", "x", "\ud800", "\x1b[31m", [], {}, [1], [1, 1], [[], []], 1.5, 1e300, -1),
    *(0, 16, 2**31, 10**300, float("inf"), float("nan"), "9" * 5000),
)
MODULE = "tests.model.damage"


def damaged_model(number: int, sound: bytes) -> bytes:
    """``sound`` with damage of kind and place that follow from ``number``."""
    rng = random.Random(number)
    kind = rng.choice((flipped, _overwritten, cut, _edited, _edited, _edited))
    return kind(rng, sound)


def damaged_sidecar(number: int, sound: str) -> str:
    """The text of a sidecar, likewise."""
    rng = random.Random(number)
    if rng.random() < 0.2:
        place = rng.randrange(len(sound))
        return sound[:place] + chr(rng.randrange(0x250)) + sound[place + rng.randrange(3) :]
    record = json.loads(sound)
    key = rng.choice([*record, "more"])
    record[key] = rng.choice(_JSON)
    if rng.random() < 0.1:
        del record[key]
    return json.dumps(record).replace('"' + "9" * 5000 + '"', "9" * 5000)


def _overwritten(rng: random.Random, sound: bytes) -> bytes:
    changed = bytearray(sound)
    for _ in range(rng.randint(1, 3)):
        place = rng.randrange(8, len(changed) - 4) & ~3
        value = rng.choice((*_NUMBERS, rng.randrange(len(sound))))
        changed[place : place + 4] = value.to_bytes(4, "little", signed=True)
    return bytes(changed)


def _edited(rng: random.Random, sound: bytes) -> bytes:
    """A file whose structure is sound and whose contents are not."""
    model = schema.ModelT.InitFromPackedBuf(sound, 0)
    for _ in range(rng.randint(1, 2)):
        rng.choice((_edit_steps, _edit_steps, _edit_tensor, _edit_operator))(rng, model)
    try:
        return packed(model)
    except (TypeError, ValueError, AttributeError):  # what the schema itself does not write
        return flipped(rng, sound)


def _edit_steps(rng: random.Random, model: Any) -> None:
    steps = rng.choice([t for t in model.subgraphs[0].tensors if t.quantization]).quantization
    scales = np.array(steps.scale if steps.scale is not None else [], np.float32)
    if rng.random() < 0.3 or not len(scales):
        steps.scale = np.resize(scales, rng.choice((0, 1, 2, len(scales) + 1)))
    elif rng.random() < 0.6:
        scales[rng.randrange(len(scales))] = rng.choice(_SCALES)
        steps.scale = scales
    elif rng.random() < 0.5:
        steps.zeroPoint = np.array([rng.choice(_NUMBERS)] * rng.randint(0, 9), np.int64)
    else:
        steps.quantizedDimension = rng.choice(_NUMBERS)


def _edit_tensor(rng: random.Random, model: Any) -> None:
    graph = model.subgraphs[0]
    tensor = rng.choice(graph.tensors)
    match rng.randrange(5):
        case 0:
            shape = list(tensor.shape)
            shape[rng.randrange(len(shape))] = rng.choice(_NUMBERS)
            tensor.shape = np.array(shape, np.int32)
        case 1:
            tensor.shape = np.resize(tensor.shape, rng.choice((0, 1, 2, 3, 5, 9)))
        case 2:
            tensor.type = rng.randrange(20)
        case 3:
            tensor.buffer = rng.choice((0, rng.randrange(len(model.buffers)), 2**31))
        case _:
            tensor.isVariable = not tensor.isVariable


def _edit_operator(rng: random.Random, model: Any) -> None:
    graph = model.subgraphs[0]
    operator = rng.choice(graph.operators)
    match rng.randrange(5):
        case 0:
            ends = list(operator.inputs)
            ends[rng.randrange(len(ends))] = rng.choice((-1, rng.randrange(len(graph.tensors))))
            operator.inputs = ends
        case 1:
            operator.outputs = [rng.choice((-1, rng.randrange(len(graph.tensors))))]
        case 2:
            operator.opcodeIndex = rng.randrange(len(model.operatorCodes) + 1)
        case 3:
            names = list(vars(operator.builtinOptions))
            if names:
                value = rng.choice((0, 1, 2, 3, 5, 100))
                setattr(operator.builtinOptions, rng.choice(names), value)
        case _:
            rng.shuffle(graph.operators)


def try_model(content: bytes) -> bool:
    """Lints, reads, retiles and runs a model; whether that worked. Raises what is not ours."""
    runs = True
    for attempt in (lambda: lint(content), lambda: _run(content)):
        try:
            attempt()
        except LiteDenoiseError:
            runs = False
    return runs


def _run(content: bytes) -> None:
    sidecar = describe(content, name="x", network="x", licence="x", training={})
    model = join(content, sidecar)
    block = Size(4 * sidecar.stride_px, 4 * sidecar.stride_px)
    join(retile(content, block), describe(retile(content, block), name="x", network="x",
         licence="x", training={}))  # fmt: skip
    runtime = LiteRtCpuRuntime(model, block, 1, "cpu", "tried")
    runtime.run(noisy_block(block))
    runtime.close()


def try_sidecar(text: str) -> bool:
    """Reads a sidecar; whether that worked. Raises what is not ours."""
    try:
        Sidecar.from_json(text).to_json()
    except LiteDenoiseError:
        return False
    return True


def _attempt(given: argparse.Namespace) -> Attempt:
    sound = small_network() if given.model == "small" else load_released(given.model).content
    told = load_released("int8").sidecar.to_json()

    def attempt(number: int) -> bool:
        if number % 4:
            return try_model(damaged_model(number, sound))
        return try_sidecar(damaged_sidecar(number, told))

    return attempt


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Damage models and sidecars.")
    parser.add_argument("--model", default="small", choices=("small", "fp32", "fp16", "int8"))
    run(MODULE, parser, lambda given: ["--model", given.model], _attempt)
