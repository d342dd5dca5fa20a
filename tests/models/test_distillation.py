"""The teacher, what the student learns from it, and what is cut out of own pairs."""

from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from models.network import build_litedenoisenet
from models.teacher import PARAMETER_COUNT, build_teacher
from models.training.distillation import DistillationTrainer
from models.training.pair_crops import PairCrops, PairSplitter, load_pairs
from models.training.progressive import Recipe, Stage, stages
from models.training.trainer import DenoisingTrainer


def test_the_teacher_has_the_papers_parameters() -> None:
    assert build_teacher().count_params() == PARAMETER_COUNT == 41_604_998


def test_a_small_teacher_has_the_same_design() -> None:
    teacher = build_teacher(4)
    large = build_teacher(16)
    assert large.count_params() == 2_604_518
    assert len(teacher.layers) == len(large.layers)
    picture = np.random.default_rng(0).random((1, 24, 40, 3), np.float32)
    output = np.asarray(teacher(picture))
    assert output.shape == picture.shape
    assert output.min() >= 0
    assert output.max() <= 1
    assert np.abs(output - picture).max() > 0
    with pytest.raises(ValueError, match="even number"):
        build_teacher(7)


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


def test_crops_grow_and_batches_shrink() -> None:
    recipe = Recipe(
        steps=1000, decay_steps=100, every=50, crops=(128, 256, 1024), batch=64, learning_rate=1e-3
    )
    assert stages(recipe) == [Stage(128, 64, 300), Stage(256, 16, 650), Stage(1024, 1, 1000)]
    assert [stage.batch for stage in stages(recipe, devices=4)] == [64, 16, 4]


def test_pairs_are_cut_alike_and_not_resized(pairs: Path) -> None:
    loaded = load_pairs(pairs, min_side=32)
    crops = PairCrops(loaded, size=32, batch_size=8, batches=1, seed=3)
    (batch,) = crops[0]
    assert batch.shape == (8, 32, 32, 6)
    noisy, clean = (np.asarray(side) for side in PairSplitter()(batch / 255.0))
    assert 0.02 < np.std(noisy - clean) < 0.05
    assert {tuple(pixel) for pixel in (clean[0] * 255).round().reshape(-1, 3).astype(int)} <= {
        tuple(pixel) for pixel in loaded[0][..., 3:].reshape(-1, 3).tolist()
    }


def test_wrong_pairs_are_named(pairs: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="at least 500 pixels"):
        load_pairs(pairs, min_side=500)
    for name in ("noisy", "clean"):
        (tmp_path / name).mkdir()
    Image.new("RGB", (64, 64)).save(tmp_path / "noisy" / "alone.png")
    with pytest.raises(FileNotFoundError, match="alone"):
        load_pairs(tmp_path, min_side=16)
    Image.new("RGB", (64, 60)).save(tmp_path / "clean" / "alone.jpg")
    with pytest.raises(ValueError, match="one size"):
        load_pairs(tmp_path, min_side=16)
