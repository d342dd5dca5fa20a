"""Trains LiteDenoiseNet on your own pairs of noisy and clean photographs; resumes when run again.

    python -m models.train_pairs --pairs MY_PAIRS --run runs/mine
    python -m models.export --run runs/mine --calibration MY_PAIRS/clean --output build/mine

MY_PAIRS holds ``noisy/`` and ``clean/`` with pictures of the same names, aligned to the pixel, or
``NAME_real.*`` beside ``NAME_mean.*``. It starts from the released weights unless --scratch is
given: a few hundred pairs are enough to adapt them to a camera, not to train them anew.
"""

import argparse
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # 1.6 times faster where AVX-512 is missing

import keras

from models.networks.student import build_litedenoisenet
from models.networks.weights import load_released_weights
from models.training.pair_crops import PairCrops, PairSplitter, load_pairs
from models.training.progressive import Recipe, Stage, run_stages, stages, use_all_devices
from models.training.trainer import DenoisingTrainer
from models.training.validation import VALIDATE_HELP, validation_sets

RELEASED = Path(__file__).parent / "released" / "litedenoisenet-fp32.tflite"


def main() -> None:
    arguments = _parser().parse_args()
    keras.utils.set_random_seed(arguments.seed)
    devices = use_all_devices()
    recipe = Recipe(
        steps=arguments.steps,
        decay_steps=arguments.steps // 2,
        every=arguments.every,
        crops=(arguments.crop,),
        batch=arguments.batch,
        learning_rate=arguments.learning_rate,
        seed=arguments.seed,
    )
    photos = load_pairs(arguments.pairs, min_side=arguments.crop)

    def crops(stage: Stage, first_batch: int) -> PairCrops:
        return PairCrops(
            photos,
            size=stage.crop,
            batch_size=stage.batch,
            batches=recipe.every,
            first_batch=first_batch,
            seed=recipe.seed,
        )

    network = build_litedenoisenet(clamp=False)
    if not arguments.scratch:
        load_released_weights(network, RELEASED)
    run_stages(
        DenoisingTrainer(network, PairSplitter()),
        build_litedenoisenet(clamp=False),
        recipe,
        stages(recipe, devices),
        crops,
        arguments.run,
        validation_sets(arguments.validate),
        vars(arguments) | {"ema": recipe.ema, "decay_steps": recipe.decay_steps},
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m models.train_pairs", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--pairs", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--run", type=Path, required=True, help="folder of this run")
    parser.add_argument("--scratch", action="store_true", help="start from random weights")
    parser.add_argument("--steps", type=int, default=4_000)
    parser.add_argument("--crop", type=int, default=128, help="side of a crop, multiple of 16")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--learning-rate", type=float, default=2e-4)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--validate", type=Path, nargs="*", default=[], help=VALIDATE_HELP)
    parser.add_argument("--every", type=int, default=200, help="steps between checkpoints")
    return parser


if __name__ == "__main__":
    main()
