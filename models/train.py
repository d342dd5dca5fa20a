"""Trains LiteDenoiseNet on folders of clean photographs; run it again to go on where it stopped.

    python -m models.train --clean PHOTOS --run runs/first --steps 20000

A run's folder holds ``state.weights.h5`` (network, optimizer, the camera's random state),
``ema.weights.h5`` (the averaged weights, what is exported), ``log.csv`` and ``settings.json``.
"""

import argparse
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # 1.6 times faster where AVX-512 is missing

import keras
import numpy as np
from numpy.typing import NDArray

from models.camera import SyntheticCamera
from models.networks.student import build_litedenoisenet
from models.networks.weights import load_released_weights
from models.training.checkpoints import STATE_FILE
from models.training.crops import load_photos, noisy_crops
from models.training.dead_channels import revive_dead_channels
from models.training.precision import BFLOAT16_HELP, layers_compute_in
from models.training.progressive import (
    Recipe,
    clean_crops,
    run_stages,
    stages,
    use_all_devices,
)
from models.training.trainer import DenoisingTrainer
from models.training.validation import VALIDATE_HELP, validation_sets

EXAMPLES = 48
"""Noisy crops that show which channels are dead."""


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clean", type=Path, nargs="+", required=True, help="folders of photos")
    parser.add_argument("--run", type=Path, required=True, help="folder of this run")
    parser.add_argument("--steps", type=int, default=20_000, help="steps in all")
    parser.add_argument("--decay-steps", type=int, default=4_000, help="of these, the last decay")
    parser.add_argument("--crop", type=int, default=128, help="side of a crop, multiple of 16")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--ema", type=float, default=0.999, help="momentum of the weight average")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--init", type=Path, help="fp32 .tflite to start from, revived")
    parser.add_argument("--validate", type=Path, nargs="*", default=[], help=VALIDATE_HELP)
    parser.add_argument("--every", type=int, default=500, help="steps between checkpoints")
    parser.add_argument("--bfloat16", action="store_true", help=BFLOAT16_HELP)
    return parser.parse_args()


def main() -> None:
    arguments = parse_arguments()
    keras.utils.set_random_seed(arguments.seed)
    devices = use_all_devices()
    recipe = Recipe(
        steps=arguments.steps,
        decay_steps=arguments.decay_steps,
        every=arguments.every,
        crops=(arguments.crop,),
        batch=arguments.batch,
        learning_rate=arguments.learning_rate,
        ema=arguments.ema,
        seed=arguments.seed,
    )
    with layers_compute_in(bfloat16=arguments.bfloat16):
        network = build_litedenoisenet(clamp=False)
    camera = SyntheticCamera(seed=arguments.seed)
    if arguments.init and not (arguments.run / STATE_FILE).exists():
        load_released_weights(network, arguments.init)
        revived = revive_dead_channels(network, _examples(arguments, camera), arguments.seed)
        print(f"dead channels, now revived: {revived}", flush=True)
    run_stages(
        DenoisingTrainer(network, camera),
        build_litedenoisenet(clamp=False),
        recipe,
        stages(recipe, devices),
        clean_crops(arguments.clean, recipe),
        arguments.run,
        validation_sets(arguments.validate),
        vars(arguments),
    )


def _examples(arguments: argparse.Namespace, camera: SyntheticCamera) -> list[NDArray[np.float32]]:
    photos = load_photos(arguments.clean, min_side=arguments.crop)
    return noisy_crops(photos, camera, size=arguments.crop, count=EXAMPLES, seed=arguments.seed)


if __name__ == "__main__":
    main()
