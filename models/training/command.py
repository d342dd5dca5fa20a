"""What the training commands share: their options, the recipe in them, and the run."""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import keras

from models.training.checkpoints import SETTINGS_FILE
from models.training.progressive import CropStage, TrainingRecipe, run_stages, use_all_devices
from models.training.validation import VALIDATE_HELP, Validation, validation_sets

_FROM_OPTIONS = ("steps", "every", "crops", "batch", "learning_rate", "ema", "seed")
"""Fields of the recipe that options set; ``decay_steps`` follows ``steps`` unless given."""


def training_parser(command: str, text: str, defaults: TrainingRecipe) -> argparse.ArgumentParser:
    """A parser with the options of every training, each with its default from ``defaults``.

    Args:
        command: the module, e.g. "train".
        text: shown above the options.
    """
    parser = argparse.ArgumentParser(prog=f"python -m models.{command}", description=text)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add = parser.add_argument
    add("--run", type=Path, required=True, help="folder of this run")
    add("--steps", type=int, default=defaults.steps, help="steps in all")
    add("--decay-steps", type=int, help="steps at the end in which the learning rate decays")
    add(
        "--crop", type=int, nargs="+", default=list(defaults.crops), dest="crops", metavar="PX",
        help="side of the crops, a multiple of 16; several make stages",
    )  # fmt: skip
    add("--batch", type=int, default=defaults.batch, help="crops in a step, of the first stage")
    add("--learning-rate", type=float, default=defaults.learning_rate)
    add("--ema", type=float, default=defaults.ema, help="momentum of the weight average")
    add("--seed", type=int, default=defaults.seed)
    add("--validate", type=Path, nargs="*", default=[], metavar="FOLDER", help=VALIDATE_HELP)
    add("--every", type=int, default=defaults.every, help="steps between checkpoints")
    return parser


def add_clean(parser: argparse.ArgumentParser) -> None:
    """The option for the photographs that the synthetic camera sees."""
    parser.add_argument(
        "--clean", type=Path, nargs="+", required=True, metavar="FOLDER", help="clean photos"
    )


def begin(parser: argparse.ArgumentParser, argv: Sequence[str] | None) -> argparse.Namespace:
    """The command line; seeds everything and claims all devices, so call it before building
    networks."""
    arguments = parser.parse_args(argv)
    keras.utils.set_random_seed(arguments.seed)
    use_all_devices()
    return arguments


def recipe_from(arguments: argparse.Namespace, defaults: TrainingRecipe) -> TrainingRecipe:
    """The recipe with what the command line changes.

    The decay keeps its share of the steps, and the warm-up never takes more than a quarter.
    """
    chosen = replace(defaults, **{name: getattr(arguments, name) for name in _FROM_OPTIONS})
    decay_steps = arguments.decay_steps
    if decay_steps is None:
        decay_steps = chosen.steps * defaults.decay_steps // defaults.steps
    return replace(
        chosen,
        decay_steps=decay_steps,
        warmup_steps=min(defaults.warmup_steps, chosen.steps // 4),
    )


def train(
    trainer: keras.Model,
    averaged: keras.Model,
    recipe: TrainingRecipe,
    dataset: Callable[[CropStage, int], keras.utils.PyDataset],
    run: Path,
    arguments: argparse.Namespace,
    validated: keras.Model | None = None,
) -> None:
    """``run_stages``, with the command line and the recipe kept in the run's folder.

    Args:
        validated: gets the averaged weights for validation; ``averaged`` itself unless given.
    """
    run.mkdir(parents=True, exist_ok=True)
    settings = {name: _plain(value) for name, value in vars(arguments).items()} | asdict(recipe)
    (run / SETTINGS_FILE).write_text(json.dumps(settings, indent=2), encoding="utf-8")
    validation = Validation(validated or averaged, validation_sets(arguments.validate))
    run_stages(trainer, averaged, recipe, dataset, run, validation)


def _plain(value: object) -> object:
    """A path as its text, everything else as JSON has it."""
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, Path) else value
