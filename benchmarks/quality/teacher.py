"""The teacher of a distillation as a method: whole pictures through Keras, in float32."""

import json
from pathlib import Path

import numpy as np

from benchmarks.common.eight_bits import eight_bits
from benchmarks.common.pairs import RGB
from benchmarks.quality.methods import Method, Setting
from litedenoise_sdk.geometry import ceil_to
from models.networks.teacher import STRIDE, build_teacher
from models.training.checkpoints import AVERAGE_FILE, SETTINGS_FILE

NAME = "teacher"


def teacher(run: Path) -> Method:
    """The teacher whose averaged weights are in ``run``, e.g. runs/distilled/teacher."""
    width = int(json.loads((run / SETTINGS_FILE).read_text(encoding="utf-8"))["teacher_width"])
    network = build_teacher(width)
    network.load_weights(run / AVERAGE_FILE)

    def denoise(photo: RGB, setting: Setting) -> RGB:
        height, width, _ = photo.shape
        padding = [(0, ceil_to(side, STRIDE) - side) for side in (height, width)]
        padded = np.pad(photo.astype(np.float32) / 255, [*padding, (0, 0)], mode="symmetric")
        denoised = np.asarray(network(padded[None], training=False))[0, :height, :width]
        return eight_bits(denoised)

    return Method(NAME, denoise, ({"parameters": network.count_params()},))
