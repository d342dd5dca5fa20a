"""Writes what the Kotlin pipeline must reproduce: a part of the sample photo, denoised in Python.

    python tests/android/write_expected.py FOLDER

Made afresh by every test run, as it depends on the released weights. Pixels are rows of
interleaved RGB bytes. Plan, retiling, reading and stitching are the SDK's own. The kernels are
TensorFlow Lite's built-in ones instead of XNNPACK's, as the library for the JVM has none of
XNNPACK's for int8; the two round differently, by a few levels.
"""

import json
import sys
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio import decode
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.model.retile import retile
from litedenoise_sdk.runtime.pixels import read_output, write_input
from litedenoise_sdk.tiling import BlockPlan, choose_block, read_block, write_block

SAMPLE = Path(__file__).parents[2] / "samples" / "noisy.jpg"
CROP = Size(290, 420)
TOP, LEFT = 900, 1200
MOST_BLOCK_PX = 110_000
"""Several blocks across, so that stitching counts."""


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    photo = decode(SAMPLE).pixels[TOP : TOP + CROP.height, LEFT : LEFT + CROP.width]
    pixels = np.ascontiguousarray(photo)
    model = load_released("int8")
    halo_px = model.sidecar.halo_px["balanced"]
    plan = BlockPlan(CROP, choose_block(CROP, halo_px, 1.0, MOST_BLOCK_PX), halo_px)
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
        write_block(denoised, plan, block, read_output(seen, interpreter.get_tensor(target)))
    (folder / "noisy.rgb").write_bytes(pixels.tobytes())
    (folder / "denoised-int8.rgb").write_bytes(denoised.tobytes())
    record = {
        "photo": [CROP.height, CROP.width],
        "block": [plan.block.height, plan.block.width],
        "halo_px": halo_px,
    }
    (folder / "expected.json").write_text(json.dumps(record), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
