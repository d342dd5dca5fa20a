"""Writes what the Kotlin pipeline must reproduce: the sample photo, denoised in Python.

    python tests/android/write_expected.py FOLDER
    python tests/android/write_expected.py FOLDER --whole

Without ``--whole`` it is a part of the photo, for tests that have to be quick. Made afresh by
every test run, as it depends on the released weights. Pixels are rows of interleaved RGB bytes.
Plan, retiling, reading and stitching are the SDK's own. The kernels are TensorFlow Lite's built-in
ones instead of XNNPACK's, as the library for the JVM has none of XNNPACK's for int8; the two round
differently, by a few levels.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from numpy.typing import NDArray

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio import decode
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.model.retile import retile
from litedenoise_sdk.runtime.pixels import read_output, write_input
from litedenoise_sdk.tiling import BlockPlan, LinearCost, choose_block, read_block

SAMPLE = Path(__file__).parents[2] / "samples" / "noisy.jpg"
PART = np.s_[900:1190, 1200:1620]
MOST_BLOCK_PX = 110_000
"""Several blocks across the part, so that stitching counts."""
MOST_BLOCK_PX_WHOLE = 1_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--whole", action="store_true", help="the whole photo; takes minutes")
    arguments = parser.parse_args()
    photo = decode(SAMPLE).pixels
    if arguments.whole:
        write_expected(photo, MOST_BLOCK_PX_WHOLE, arguments.folder)
    else:
        write_expected(np.ascontiguousarray(photo[PART]), MOST_BLOCK_PX, arguments.folder)


def write_expected(pixels: NDArray[np.uint8], most_block_px: int, folder: Path) -> None:
    """``pixels`` (H, W, 3), what they become, and the plan with which they do."""
    folder.mkdir(parents=True, exist_ok=True)
    size = Size(*pixels.shape[:2])
    model = load_released("int8")
    halo_px = model.sidecar.halo_px
    plan = BlockPlan(size, choose_block(size, halo_px, LinearCost(0, 1.0), most_block_px), halo_px)
    interpreter = Interpreter(
        model_content=retile(model.content, plan.block),
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    interpreter.allocate_tensors()
    source, target = (
        details[0]["index"]
        for details in (interpreter.get_input_details(), interpreter.get_output_details())
    )
    denoised = np.empty_like(pixels)
    for block in plan.blocks:
        seen = read_block(pixels, plan, block)
        write_input(seen, interpreter.tensor(source)())
        interpreter.invoke()
        output = read_output(seen, interpreter.get_tensor(target))
        denoised[block.own.slices] = output[block.kept.slices]
    (folder / "noisy.rgb").write_bytes(pixels.tobytes())
    (folder / "denoised-int8.rgb").write_bytes(denoised.tobytes())
    record = {
        "photo": [size.height, size.width],
        "block": [plan.block.height, plan.block.width],
        "halo_px": halo_px,
    }
    (folder / "expected.json").write_text(json.dumps(record), encoding="utf-8")


if __name__ == "__main__":
    main()
