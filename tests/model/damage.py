"""Damages models and sidecars, and sees that each is refused with our own error or works.

    python -m tests.model.damage --count 5000

Case N is the same at every run. A part of the cases is tried in one process; where that ends early,
as by an abort of LiteRT, the case that it was at is told, and another process goes on behind it.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from litedenoise_sdk.errors import LiteDenoiseError
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.describe import describe
from litedenoise_sdk.model.load import join, load_released
from litedenoise_sdk.model.retile import retile
from litedenoise_sdk.model.sidecar import Sidecar
from litedenoise_sdk.runtime.auto.parity import noisy_block
from litedenoise_sdk.runtime.cpu.runtime import LiteRtCpuRuntime
from litedenoise_sdk.tools.lint import lint
from tests.model.networks import packed, small_network

_NUMBERS = (0, 1, -1, 2, 3, 127, 255, 4096, 65_535, 2**31 - 1, -(2**31))
_SCALES = (0.0, -1.0, 1e-38, 1e-12, 1e-3, 0.5, 2.0, 1e6, 1e30, float("inf"), float("nan"))
_JSON: tuple[object, ...] = (
    *(None, True, "", "x", "\ud800", "\x1b[31m", [], {}, [1], [1, 1], [[], []], 1.5, 1e300, -1),
    *(0, 16, 2**31, 10**300, float("inf"), float("nan"), "9" * 5000),
)
LIMIT_S = 5.0
LIMIT_BYTES = 200_000_000


def damaged_model(number: int, sound: bytes) -> bytes:
    """``sound`` with damage of kind and place that follow from ``number``."""
    rng = random.Random(number)
    kind = rng.choice((_flipped, _overwritten, _cut, _edited, _edited, _edited))
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


def _flipped(rng: random.Random, sound: bytes) -> bytes:
    changed = bytearray(sound)
    for _ in range(rng.randint(1, 6)):
        changed[rng.randrange(len(changed))] ^= rng.randint(1, 255)
    return bytes(changed)


def _overwritten(rng: random.Random, sound: bytes) -> bytes:
    changed = bytearray(sound)
    for _ in range(rng.randint(1, 3)):
        place = rng.randrange(8, len(changed) - 4) & ~3
        value = rng.choice((*_NUMBERS, rng.randrange(len(sound))))
        changed[place : place + 4] = value.to_bytes(4, "little", signed=True)
    return bytes(changed)


def _cut(rng: random.Random, sound: bytes) -> bytes:
    start = rng.randrange(len(sound))
    return sound[:start] + sound[start + rng.choice((4, 64, len(sound))) :]


def _edited(rng: random.Random, sound: bytes) -> bytes:
    """A file whose structure is sound and whose contents are not."""
    model = schema.ModelT.InitFromPackedBuf(sound, 0)
    for _ in range(rng.randint(1, 2)):
        rng.choice((_edit_steps, _edit_steps, _edit_tensor, _edit_operator))(rng, model)
    try:
        return packed(model)
    except (TypeError, ValueError, AttributeError):  # what the schema itself does not write
        return _flipped(rng, sound)


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


def try_cases(first: int, stop: int, sound: bytes) -> None:
    """Tries cases in this process and prints what is wrong with each, and how many worked."""
    told = load_released("int8").sidecar.to_json()
    worked = 0
    for number in range(first, stop):
        print(f"case {number}", flush=True)
        before, started = _peak_bytes(), time.process_time()
        try:
            if number % 4:
                worked += try_model(damaged_model(number, sound))
            else:
                worked += try_sidecar(damaged_sidecar(number, told))
        except Exception as error:  # each of them is a finding
            print(f"wrong {number}: {type(error).__name__}: {error}", flush=True)
        if time.process_time() - started > LIMIT_S:
            print(f"wrong {number}: {time.process_time() - started:.1f} s", flush=True)
        if _peak_bytes() - before > LIMIT_BYTES:
            print(f"wrong {number}: {(_peak_bytes() - before) / 1e6:.0f} MB", flush=True)
    print(f"worked {worked}", flush=True)


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def sweep(first: int, count: int, model: str = "small") -> tuple[list[str], int]:
    """Tries cases in processes of their own.

    Args:
        model: "small", or the precision of a released one.

    Returns:
        What is wrong, and how many cases worked in spite of their damage.
    """
    wrong: list[str] = []
    worked, stop = 0, first + count
    while first < stop:
        command = [sys.executable, "-m", "tests.model.damage", "--model", model]
        command += ["--first", str(first), "--count", str(stop - first), "--here"]
        root = Path(__file__).parents[2]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False, cwd=root)
        lines = done.stdout.splitlines()
        wrong += [line for line in lines if line.startswith("wrong")]
        worked += sum(int(line.split()[1]) for line in lines if line.startswith("worked"))
        tried = [int(line.split()[1]) for line in lines if line.startswith("case")]
        first = max(tried, default=stop) + 1
        if done.returncode:
            wrong.append(f"wrong {first - 1}: the process ended with {done.returncode}")
    return wrong, worked


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--count", type=int, default=5000, help="cases (%(default)s)")
    parser.add_argument("--first", type=int, default=0, help="number of the first (%(default)s)")
    parser.add_argument("--model", default="small", choices=("small", "fp32", "fp16", "int8"))
    parser.add_argument("--here", action="store_true", help="in this process")
    given = parser.parse_args()
    if given.here:
        sound = small_network() if given.model == "small" else load_released(given.model).content
        try_cases(given.first, given.first + given.count, sound)
        return
    wrong, worked = sweep(given.first, given.count, given.model)
    print(*wrong, sep="\n")
    print(f"{given.count} cases, {worked} worked, {len(wrong)} wrong")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
