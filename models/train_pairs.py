"""Trains LiteDenoiseNet on your own pairs of noisy and clean photographs; resumes when run again.

    python -m models.train_pairs --pairs MY_PAIRS --run runs/mine
    python -m models.export --run runs/mine --calibration MY_PAIRS/clean --output build/mine

MY_PAIRS holds ``noisy/`` and ``clean/`` with pictures of the same names, aligned to the pixel, or
``NAME_real.*`` beside ``NAME_mean.*``. It starts from the released weights unless --scratch is
given: a few hundred pairs are enough to adapt them to a camera, but not to train from nothing.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from models.networks.student import build_litedenoisenet
from models.networks.weights import load_released_weights
from models.training.command import begin, recipe_from, train, training_parser
from models.training.pair_crops import PairCrops, PairSplitter, load_pairs
from models.training.progressive import CropStage, TrainingRecipe
from models.training.trainer import DenoisingTrainer

RELEASED = Path(__file__).parent / "released" / "litedenoisenet-fp32.tflite"
DEFAULTS = TrainingRecipe(
    steps=4_000, decay_steps=2_000, every=200, crops=(128,), batch=16, learning_rate=2e-4
)


def main(argv: Sequence[str] | None = None) -> None:
    arguments = begin(_parser(), argv)
    recipe = recipe_from(arguments, DEFAULTS)
    pairs = load_pairs(arguments.pairs, min_side=max(recipe.crops))

    def crops(stage: CropStage, first_batch: int) -> PairCrops:
        return PairCrops(
            pairs,
            size=stage.crop,
            batch_size=stage.batch,
            batches=recipe.every,
            first_batch=first_batch,
            seed=recipe.seed,
        )

    network = build_litedenoisenet(clamp=False)
    if not arguments.scratch:
        load_released_weights(network, RELEASED)
    train(
        DenoisingTrainer(network, PairSplitter()),
        build_litedenoisenet(clamp=False),
        recipe,
        crops,
        arguments.run,
        arguments,
    )


def _parser() -> argparse.ArgumentParser:
    parser = training_parser("train_pairs", __doc__, DEFAULTS)
    parser.add_argument("--pairs", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--scratch", action="store_true", help="start from random weights")
    return parser


if __name__ == "__main__":
    main()
