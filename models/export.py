"""Exports trained weights as fp32, fp16, int8 and int16x8 model files, each with its sidecar.

    python -m models.export --run runs/first --calibration PHOTOS --output models/released

The quantized files are calibrated on clean PHOTOS seen through the synthetic camera, unless runs of
``models.quantize_aware`` trained them with their rounding.
"""

import argparse
import csv
import json
from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.model.describe import describe
from models.camera import SyntheticCamera
from models.networks.student import build_litedenoisenet
from models.quantization.convert import (
    convert,
    convert_fp16,
    convert_int16x8,
    give_dead_layers_a_range,
)
from models.quantization.equalization import equalize_channels, match_concatenated
from models.quantization.int8 import quantize_int8
from models.quantization.int8_ranges import activation_ranges
from models.training.checkpoints import AVERAGE_FILE, LOG_FILE, RANGES_FILE, SETTINGS_FILE
from models.training.crops import load_photos, noisy_crops, with_heavy_noise

BLOCK_PX = 512
HEAVY_BLOCKS = 4
LICENCE = "Apache-2.0"


def calibration_blocks(
    photos: Sequence[NDArray[np.uint8]], count: int
) -> list[NDArray[np.float32]]:
    """Noisy blocks of the photos, (1, BLOCK_PX, BLOCK_PX, 3) float32 in [0, 1]."""
    return noisy_crops(photos, SyntheticCamera(seed=1), size=BLOCK_PX, count=count, seed=1)


def training_record(run: Path) -> dict[str, object]:
    """What the sidecar says about the training: the run's last step and its recipe.

    Raises:
        ValueError: the settings are those of an earlier version, before recipes were kept.
    """
    settings = json.loads((run / SETTINGS_FILE).read_text(encoding="utf-8"))
    kept = ("crops", "batch", "learning_rate", "ema", "decay_steps", "seed")
    if "crops" not in settings:
        raise ValueError(
            f"expected the recipe in {run / SETTINGS_FILE}, got settings of an earlier version; "
            "run the training's command line once more, which writes them anew"
        )
    with (run / LOG_FILE).open(newline="") as file:
        last = list(csv.DictReader(file))[-1]
    return {"steps": int(last["step"]), **{name: settings[name] for name in kept}}


def _network_of(run: Path, *, clamp: bool) -> keras.Model:
    weights = build_litedenoisenet()
    weights.load_weights(run / AVERAGE_FILE)
    network = build_litedenoisenet(BLOCK_PX, BLOCK_PX, batch_size=1, clamp=clamp)
    network.set_weights(weights.get_weights())
    return network


def _equalized_network_of(run: Path, blocks: Sequence[NDArray[np.float32]]) -> keras.Model:
    network = _network_of(run, clamp=False)
    equalize_channels(network, blocks)
    return network


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", type=Path, required=True, help="folder of a training run")
    parser.add_argument("--int8-run", type=Path, help="of models.quantize_aware, for int8 alone")
    parser.add_argument("--int16x8-run", type=Path, help="the same with --kernels-only")
    parser.add_argument("--calibration", type=Path, nargs="+", required=True)
    parser.add_argument("--calibration-blocks", type=int, default=24, help="how many to run")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args(argv)

    clamped = _network_of(arguments.run, clamp=True)
    photos = load_photos(arguments.calibration, min_side=BLOCK_PX)
    blocks = calibration_blocks(photos, arguments.calibration_blocks)
    if arguments.int8_run:
        int8 = _network_of(arguments.int8_run, clamp=False)
        ranges = json.loads((arguments.int8_run / RANGES_FILE).read_text())
    else:
        int8 = _equalized_network_of(arguments.run, blocks)
        ranges = match_concatenated(int8, activation_ranges(int8, blocks))
    if arguments.int16x8_run:
        int16x8 = _network_of(arguments.int16x8_run, clamp=False)
    else:
        int16x8 = _equalized_network_of(arguments.run, blocks)
    give_dead_layers_a_range(int16x8, blocks)
    contents = {
        "fp32": convert(clamped),
        "fp16": convert_fp16(clamped),
        "int8": quantize_int8(convert(int8), ranges),
        "int16x8": convert_int16x8(int16x8, blocks + with_heavy_noise(blocks[:HEAVY_BLOCKS], 1)),
    }
    rounded_runs = {"int8": arguments.int8_run, "int16x8": arguments.int16x8_run}
    arguments.output.mkdir(parents=True, exist_ok=True)
    training = training_record(arguments.run)
    for precision, content in contents.items():
        name = f"litedenoisenet-{precision}"
        rounded_run = rounded_runs.get(precision)
        rounding = {"quantization_aware": training_record(rounded_run)} if rounded_run else {}
        sidecar = describe(
            content,
            name=name,
            network="LiteDenoiseNet",
            licence=LICENCE,
            training=training | rounding,
        )
        (arguments.output / f"{name}.tflite").write_bytes(content)
        sidecar.save(arguments.output / f"{name}.json")
        print(f"{name}: {len(content):,} bytes")


if __name__ == "__main__":
    main()
