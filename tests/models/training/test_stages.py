"""Stages of growing crops."""

from models.training.progressive import CropStage, TrainingRecipe, stages


def test_crops_grow_and_batches_shrink() -> None:
    recipe = TrainingRecipe(
        steps=1000, decay_steps=100, every=50, crops=(128, 256, 1024), batch=64, learning_rate=1e-3
    )
    assert stages(recipe) == [
        CropStage(128, 64, 300),
        CropStage(256, 16, 650),
        CropStage(1024, 1, 1000),
    ]
    assert [stage.batch for stage in stages(recipe, devices=4)] == [64, 16, 4]
