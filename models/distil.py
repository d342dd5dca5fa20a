"""Trains a teacher, then the student from it; run it again to continue where it stopped.

    python -m models.distil --clean PHOTOS --run runs/distilled
    KERAS_BACKEND=jax python -m models.distil ... --crops 128 256 512 1024 --bfloat16
    python -m models.export --run runs/distilled/student --calibration PHOTOS --output build/new

The paper's teacher needs a GPU. Two cores can train one of the same design with --teacher-width 16
(2,604,518 parameters), or learn from earlier weights of the student itself with --self-teacher.
To see what distillation gains, compare with --alpha 0, which uses no teacher.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import keras

from models.camera import SyntheticCamera
from models.networks.student import build_litedenoisenet
from models.networks.teacher import PAPER_WIDTH, build_teacher
from models.networks.weights import load_released_weights
from models.training.checkpoints import AVERAGE_FILE
from models.training.command import add_clean, begin, recipe_from, train, training_parser
from models.training.distillation import ALPHA, DistillationTrainer
from models.training.precision import add_bfloat16, layers_compute_in
from models.training.progressive import TrainingRecipe, clean_crops
from models.training.trainer import DenoisingTrainer

DEFAULTS = TrainingRecipe(
    steps=200_000,
    decay_steps=40_000,
    every=500,
    crops=(128, 256, 512, 1024),
    batch=64,
    learning_rate=1e-3,
)


def main(argv: Sequence[str] | None = None) -> None:
    arguments = begin(_parser(), argv)
    recipe = recipe_from(arguments, DEFAULTS)
    teacher = _teacher(arguments, recipe) if arguments.alpha else None
    with layers_compute_in(bfloat16=arguments.bfloat16):
        student = build_litedenoisenet(clamp=False)
    if arguments.init:
        load_released_weights(student, arguments.init)
    camera = SyntheticCamera(seed=recipe.seed)
    train(
        DenoisingTrainer(student, camera)
        if teacher is None
        else DistillationTrainer(student, camera, teacher, arguments.alpha),
        build_litedenoisenet(clamp=False),
        recipe,
        clean_crops(arguments.clean, recipe),
        arguments.run / "student",
        arguments,
    )


def _teacher(arguments: argparse.Namespace, of_student: TrainingRecipe) -> keras.Model:
    """The teacher, clamped as its output is judged; trained first unless it is given."""
    if arguments.self_teacher:
        earlier = build_litedenoisenet()
        load_released_weights(earlier, arguments.self_teacher)
        return earlier
    width, run = arguments.teacher_width, arguments.run / "teacher"
    recipe = replace(
        of_student,
        steps=arguments.teacher_steps,
        decay_steps=min(of_student.decay_steps, arguments.teacher_steps),
        learning_rate=arguments.teacher_learning_rate,
    )
    with layers_compute_in(bfloat16=arguments.bfloat16):
        network = build_teacher(width, clamp=False)
    train(
        DenoisingTrainer(network, SyntheticCamera(seed=recipe.seed)),
        build_teacher(width, clamp=False),
        recipe,
        clean_crops(arguments.clean, recipe),
        run,
        arguments,
    )
    teacher = build_teacher(width)
    teacher.load_weights(run / AVERAGE_FILE)
    print(f"teacher: {teacher.count_params():,} parameters", flush=True)
    return teacher


def _parser() -> argparse.ArgumentParser:
    parser = training_parser("distil", __doc__, DEFAULTS)
    add_clean(parser)
    add_bfloat16(parser)
    add = parser.add_argument
    add("--alpha", type=float, default=ALPHA, help="the teacher's share of the loss")
    add("--teacher-width", type=int, default=PAPER_WIDTH, help="channels, even")
    add("--self-teacher", type=Path, help="fp32 .tflite that stands in for the teacher")
    add("--teacher-steps", type=int, default=200_000)
    add("--teacher-learning-rate", type=float, default=1e-4)
    add("--init", type=Path, help="fp32 .tflite that the student starts from")
    return parser


if __name__ == "__main__":
    main()
