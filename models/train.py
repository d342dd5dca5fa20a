"""Trains LiteDenoiseNet on folders of clean photographs; run it again to resume.

    python -m models.train --clean PHOTOS --run runs/first --steps 20000

A run's folder holds ``state.weights.h5`` (network, optimizer, the camera's random state),
``ema.weights.h5`` (the averaged weights, what is exported), ``log.csv`` and ``settings.json``.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.camera import SyntheticCamera
from models.networks.student import build_litedenoisenet
from models.networks.weights import load_released_weights
from models.training.checkpoints import STATE_FILE
from models.training.command import add_clean, begin, recipe_from, train, training_parser
from models.training.crops import load_photos, noisy_crops
from models.training.dead_channels import revive_dead_channels
from models.training.precision import add_bfloat16, layers_compute_in
from models.training.progressive import TrainingRecipe, clean_crops
from models.training.trainer import DenoisingTrainer

DEFAULTS = TrainingRecipe(
    steps=20_000, decay_steps=4_000, every=500, crops=(128,), batch=16, learning_rate=1e-3
)
EXAMPLES = 48
"""Noisy crops that show which channels are dead."""


def main(argv: Sequence[str] | None = None) -> None:
    arguments = begin(_parser(), argv)
    recipe = recipe_from(arguments, DEFAULTS)
    with layers_compute_in(bfloat16=arguments.bfloat16):
        network = build_litedenoisenet(clamp=False)
    camera = SyntheticCamera(seed=recipe.seed)
    if arguments.init and not (arguments.run / STATE_FILE).exists():
        load_released_weights(network, arguments.init)
        revived = revive_dead_channels(network, _examples(arguments, camera), recipe.seed)
        print(f"dead channels, now revived: {revived}", flush=True)
    train(
        DenoisingTrainer(network, camera),
        build_litedenoisenet(clamp=False),
        recipe,
        clean_crops(arguments.clean, recipe),
        arguments.run,
        arguments,
    )


def _examples(arguments: argparse.Namespace, camera: SyntheticCamera) -> list[NDArray[np.float32]]:
    size = arguments.crops[0]
    photos = load_photos(arguments.clean, min_side=size)
    return noisy_crops(photos, camera, size=size, count=EXAMPLES, seed=arguments.seed)


def _parser() -> argparse.ArgumentParser:
    parser = training_parser("train", __doc__, DEFAULTS)
    add_clean(parser)
    add_bfloat16(parser)
    parser.add_argument("--init", type=Path, help="fp32 .tflite to start from, revived")
    return parser


if __name__ == "__main__":
    main()
