"""What the student learns from its teacher."""

import keras
import numpy as np
import pytest

from models.networks.student import build_litedenoisenet
from models.networks.teacher import build_teacher
from models.training.distillation import DistillationTrainer
from models.training.pair_crops import PairSplitter
from models.training.trainer import DenoisingTrainer


def test_the_loss_is_nine_parts_teacher_and_one_part_truth() -> None:
    student = build_litedenoisenet(clamp=False)
    rng = np.random.default_rng(0)
    names = ("noisy", "clean", "denoised", "taught")
    outputs = {name: keras.ops.convert_to_tensor(rng.random((2, 16, 16, 3))) for name in names}
    trainer = DistillationTrainer(student, PairSplitter(), build_teacher(4))
    plain = DenoisingTrainer(student, PairSplitter())
    to_truth = float(plain.compute_loss(y_pred=outputs))
    # With the teacher's output for the truth, and noise of the same strength.
    moved = outputs["taught"] + outputs["noisy"] - outputs["clean"]
    as_truth = {**outputs, "clean": outputs["taught"], "noisy": moved}
    to_teacher = float(plain.compute_loss(y_pred=as_truth))
    expected = 0.9 * to_teacher + 0.1 * to_truth
    assert float(trainer.compute_loss(y_pred=outputs)) == pytest.approx(expected, rel=1e-5)
    logged = {name: float(value) for name, value in trainer.compute_metrics(None, None, {}).items()}
    assert logged["loss"] == pytest.approx(to_truth, rel=1e-5)
    assert logged["loss_teacher"] == pytest.approx(to_teacher, rel=1e-5)
    assert not trainer.teacher.trainable_variables
