"""Trains a teacher, and then the student from it; run it again to go on where it stopped.

    python -m models.distil --clean PHOTOS --run runs/distilled
    KERAS_BACKEND=jax python -m models.distil ... --crops 128 256 512 1024 --bfloat16
    python -m models.export --run runs/distilled/student --calibration PHOTOS --output build/new

The paper's teacher needs a GPU. Two cores can train one of the same design with --teacher-width 16
(2,604,518 parameters), or learn from earlier weights of the student itself with --self-teacher.
What distillation brings shows against the same command with --alpha 0, which has no teacher.
"""

import argparse
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # 1.6 times faster where AVX-512 is missing

import keras

from models.camera import SyntheticCamera
from models.networks.student import build_litedenoisenet
from models.networks.teacher import PAPER_WIDTH, build_teacher
from models.networks.weights import load_released_weights
from models.training.checkpoints import AVERAGE_FILE
from models.training.distillation import ALPHA, DistillationTrainer
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


def main() -> None:
    arguments = _parser().parse_args()
    keras.utils.set_random_seed(arguments.seed)
    devices = use_all_devices()
    teacher = _teacher(arguments, devices) if arguments.alpha else None
    with layers_compute_in(bfloat16=arguments.bfloat16):
        student = build_litedenoisenet(clamp=False)
    if arguments.init:
        load_released_weights(student, arguments.init)
    camera = _camera(arguments)
    recipe = _recipe(arguments, arguments.steps, arguments.learning_rate)
    _run(
        DenoisingTrainer(student, camera)
        if teacher is None
        else DistillationTrainer(student, camera, teacher, arguments.alpha),
        build_litedenoisenet(clamp=False),
        recipe,
        arguments,
        devices,
        arguments.run / "student",
    )


def _teacher(arguments: argparse.Namespace, devices: int) -> keras.Model:
    """The teacher, clamped as its output is judged, trained first where it has to be."""
    if arguments.self_teacher:
        earlier = build_litedenoisenet()
        load_released_weights(earlier, arguments.self_teacher)
        return earlier
    width, run = arguments.teacher_width, arguments.run / "teacher"
    with layers_compute_in(bfloat16=arguments.bfloat16):
        network = build_teacher(width, clamp=False)
    trainer = DenoisingTrainer(network, _camera(arguments))
    recipe = _recipe(arguments, arguments.teacher_steps, arguments.teacher_learning_rate)
    _run(trainer, build_teacher(width, clamp=False), recipe, arguments, devices, run)
    teacher = build_teacher(width)
    teacher.load_weights(run / AVERAGE_FILE)
    print(f"teacher: {teacher.count_params():,} parameters", flush=True)
    return teacher


def _camera(arguments: argparse.Namespace) -> SyntheticCamera:
    return SyntheticCamera(seed=arguments.seed)


def _recipe(arguments: argparse.Namespace, steps: int, learning_rate: float) -> Recipe:
    return Recipe(
        steps=steps,
        decay_steps=min(arguments.decay_steps, steps),
        every=arguments.every,
        crops=tuple(arguments.crops),
        batch=arguments.batch,
        learning_rate=learning_rate,
        ema=arguments.ema,
        seed=arguments.seed,
    )


def _run(
    trainer: keras.Model,
    averaged: keras.Model,
    recipe: Recipe,
    arguments: argparse.Namespace,
    devices: int,
    run: Path,
) -> None:
    settings = vars(arguments) | {"learning_rate": recipe.learning_rate, "crop": recipe.crops}
    run_stages(
        trainer,
        averaged,
        recipe,
        stages(recipe, devices),
        clean_crops(arguments.clean, recipe),
        run,
        validation_sets(arguments.validate),
        settings,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m models.distil", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--clean", type=Path, nargs="+", required=True, help="folders of photos")
    parser.add_argument("--run", type=Path, required=True, help="folder of both runs")
    parser.add_argument(
        "--alpha", type=float, default=ALPHA, help="the teacher's share of the loss"
    )
    parser.add_argument("--teacher-width", type=int, default=PAPER_WIDTH, help="channels, even")
    parser.add_argument("--self-teacher", type=Path, help="fp32 .tflite that stands in for it")
    parser.add_argument("--teacher-steps", type=int, default=200_000)
    parser.add_argument("--teacher-learning-rate", type=float, default=1e-4)
    parser.add_argument("--steps", type=int, default=200_000, help="of the student")
    parser.add_argument("--learning-rate", type=float, default=1e-3, help="of the student")
    parser.add_argument("--decay-steps", type=int, default=40_000, help="the last of each")
    parser.add_argument(
        "--crops", type=int, nargs="+", default=[128, 256, 512, 1024],
        help="sides of the stages' crops, multiples of 16",
    )  # fmt: skip
    parser.add_argument("--batch", type=int, default=64, help="of the first stage")
    parser.add_argument("--ema", type=float, default=0.999, help="momentum of the weight average")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--init", type=Path, help="fp32 .tflite that the student starts from")
    parser.add_argument("--validate", type=Path, nargs="*", default=[], help=VALIDATE_HELP)
    parser.add_argument("--every", type=int, default=500, help="steps between checkpoints")
    parser.add_argument("--bfloat16", action="store_true", help=BFLOAT16_HELP)
    return parser


if __name__ == "__main__":
    main()
