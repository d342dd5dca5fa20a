"""Trains in stages of growing crops, and resumes from the last checkpoint."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import keras

from models.camera import CameraShares
from models.training.checkpoints import STATE_FILE, Checkpoints
from models.training.crops import RandomCrops, load_photos
from models.training.muon import ConvolutionMuon
from models.training.schedule import WarmupStableDecay
from models.training.validation import Validation

FIRST_AND_LAST = ["stem", "head"]
"""Layers between pixels and features, in student and teacher; Muon is for those between."""


@dataclass(frozen=True, slots=True)
class TrainingRecipe:
    """How a network is trained.

    Attributes:
        steps: in all; ``decay_steps`` of them, the last, decay the learning rate.
        every: steps between checkpoints; ``steps`` is cut to a multiple of it.
        crops: sides of the crops in pixels, one stage after the other, with equal shares of steps.
        batch: of the first stage; larger crops make it smaller, so that each step costs the same.
        ema: momentum of the average of weights.
        gradient_norm: what the gradient is clipped to.
    """

    steps: int
    decay_steps: int
    every: int
    crops: tuple[int, ...]
    batch: int
    learning_rate: float
    weight_decay: float = 1e-4
    gradient_norm: float = 0.5
    warmup_steps: int = 200
    ema: float = 0.999
    seed: int = 0


@dataclass(frozen=True, slots=True)
class CropStage:
    """A part of the training with crops of one size; ``until`` counts steps from the start."""

    crop: int
    batch: int
    until: int


def stages(recipe: TrainingRecipe, devices: int = 1) -> list[CropStage]:
    """The recipe's stages; every batch can be shared equally by this many devices."""
    found = []
    for index, crop in enumerate(recipe.crops, start=1):
        checkpoints = recipe.steps * index // (len(recipe.crops) * recipe.every)
        batch = recipe.batch * recipe.crops[0] ** 2 // crop**2
        batch = max(batch // devices, 1) * devices
        found.append(CropStage(crop, batch, checkpoints * recipe.every))
    return found


def clean_crops(
    folders: Sequence[Path], recipe: TrainingRecipe
) -> Callable[[CropStage, int], keras.utils.PyDataset]:
    """What ``run_stages`` takes for a dataset: random crops of the photographs in the folders."""

    def crops(stage: CropStage, first_batch: int) -> RandomCrops:
        return RandomCrops(
            load_photos(folders, min_side=stage.crop),
            size=stage.crop,
            batch_size=stage.batch,
            batches=recipe.every,
            first_batch=first_batch,
            seed=recipe.seed,
            processes=_cutting_processes(),
            sharp=CameraShares().uncaptured(stage.batch),
        )

    return crops


def _cutting_processes() -> int:
    """One where the CPU trains; all cores but two where a GPU does, as it outruns a few."""
    on_gpu = any(device.startswith("gpu") for device in keras.distribution.list_devices())
    return max((os.cpu_count() or 1) - 2, 1) if on_gpu else 1


def use_all_devices() -> None:
    """Spreads each batch over all accelerators, where the backend can (JAX).

    Keras' own data parallelism: the weights are copied, the crops shared out.
    """
    devices = _devices()
    if len(devices) > 1:
        keras.distribution.set_distribution(keras.distribution.DataParallel(devices=devices))


def _devices() -> list[str]:
    """The devices that a batch can be shared among; none if the backend cannot share."""
    if keras.backend.backend() != "jax":
        return []
    devices: list[str] = keras.distribution.list_devices()
    return devices


def run_stages(
    trainer: keras.Model,
    averaged: keras.Model,
    recipe: TrainingRecipe,
    dataset: Callable[[CropStage, int], keras.utils.PyDataset],
    run: Path,
    validation: Validation,
) -> None:
    """Trains until the recipe's last step, from the run's last checkpoint if there is one.

    Args:
        trainer: a ``DenoisingTrainer``, not compiled; its network may have weights already.
        averaged: the same network once more; holds the averaged weights in the end.
        dataset: gives a stage's batches from a step on, ``recipe.every`` of them an epoch.
        run: folder of the run (see ``models.train``), which exists.
        validation: of the averaged weights, at each checkpoint.
    """
    plan = stages(recipe, max(len(_devices()), 1))
    _prepare(trainer, recipe, plan[-1].until, dataset(plan[0], 0))
    state = run / STATE_FILE
    for stage in plan:
        if state.exists():
            # Between stages, too: Keras puts the average in place of the weights after a fit.
            trainer.load_weights(state)
        step = int(trainer.optimizer.iterations)
        if step < stage.until:
            print(
                f"crops of {stage.crop}, {stage.batch} a batch, to step {stage.until}", flush=True
            )
            # The last stage's function would be traced again for crops of any size, but the
            # camera needs to know it.
            trainer.make_train_function(force=True)
            trainer.fit(
                dataset(stage, step),
                epochs=(stage.until - step) // recipe.every,
                shuffle=False,
                verbose=0,
                callbacks=[Checkpoints(run, averaged, validation)],
            )


def _prepare(
    trainer: keras.Model, recipe: TrainingRecipe, last_step: int, batches: keras.utils.PyDataset
) -> None:
    """Compiles the trainer, and builds it for such batches."""
    # The camera and the losses stay in float32 where the network's layers are in bfloat16.
    trainer.dtype_policy = keras.DTypePolicy("float32")
    trainer.compile(
        optimizer=ConvolutionMuon(
            WarmupStableDecay(
                recipe.learning_rate,
                warmup_steps=recipe.warmup_steps,
                total_steps=last_step,
                decay_steps=recipe.decay_steps,
            ),
            weight_decay=recipe.weight_decay,
            adam_weight_decay=recipe.weight_decay,
            exclude_layers=FIRST_AND_LAST,
            global_clipnorm=recipe.gradient_norm,
            use_ema=True,
            ema_momentum=recipe.ema,
        ),
        jit_compile=keras.backend.backend() == "jax",
    )
    (sample,) = batches[0]
    trainer(keras.KerasTensor(sample.shape, "uint8"))  # traced alone: built, nothing compiled
    trainer.optimizer.build(trainer.trainable_variables)
