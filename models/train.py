"""Trains LiteDenoiseNet on folders of clean photographs; run it again to go on where it stopped.

    python -m models.train --clean PHOTOS --run runs/first --steps 20000

A run's folder holds ``state.weights.h5`` (network, optimizer, the camera's random state),
``ema.weights.h5`` (the averaged weights, what is exported), ``log.csv`` and ``settings.json``.
"""

import argparse
import json
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # 1.6 times faster where AVX-512 is missing

import keras

from models.camera import SyntheticCamera
from models.network import build_litedenoisenet
from models.training.checkpoints import SETTINGS_FILE, STATE_FILE, Checkpoints
from models.training.crops import RandomCrops, load_photos
from models.training.schedule import WarmupStableDecay
from models.training.trainer import DenoisingTrainer
from models.training.validation import find_pairs
from models.weights import load_released_weights


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clean", type=Path, nargs="+", required=True, help="folders of photos")
    parser.add_argument("--run", type=Path, required=True, help="folder of this run")
    parser.add_argument("--steps", type=int, default=20_000, help="steps in all")
    parser.add_argument("--decay-steps", type=int, default=4_000, help="of these, the last decay")
    parser.add_argument("--crop", type=int, default=128, help="side of a crop, multiple of 16")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--ema", type=float, default=0.999, help="momentum of the weight average")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--init", type=Path, help="fp32 .tflite to start from")
    parser.add_argument("--validate", type=Path, help="folder of *_real / *_mean pairs")
    parser.add_argument("--every", type=int, default=500, help="steps between checkpoints")
    return parser.parse_args()


def main() -> None:
    arguments = parse_arguments()
    keras.utils.set_random_seed(arguments.seed)
    photos = load_photos(arguments.clean, min_side=arguments.crop)
    network = build_litedenoisenet(clamp=False)
    averaged = build_litedenoisenet(clamp=False)
    trainer = DenoisingTrainer(network, SyntheticCamera(seed=arguments.seed))
    trainer.compile(
        optimizer=keras.optimizers.AdamW(
            WarmupStableDecay(
                arguments.learning_rate,
                warmup_steps=200,
                total_steps=arguments.steps,
                decay_steps=arguments.decay_steps,
            ),
            weight_decay=1e-4,
            global_clipnorm=0.5,
            use_ema=True,
            ema_momentum=arguments.ema,
        ),
        jit_compile=keras.backend.backend() != "tensorflow",
    )
    trainer(keras.ops.zeros((1, arguments.crop, arguments.crop, 3)))
    trainer.optimizer.build(trainer.trainable_variables)
    state = arguments.run / STATE_FILE
    if arguments.init:
        load_released_weights(network, arguments.init)
    arguments.run.mkdir(parents=True, exist_ok=True)
    settings = {name: str(value) for name, value in vars(arguments).items()}
    (arguments.run / SETTINGS_FILE).write_text(json.dumps(settings, indent=2))
    if state.exists():
        trainer.load_weights(state)
    step = int(trainer.optimizer.iterations)
    pairs = find_pairs(arguments.validate)[::3] if arguments.validate else []

    trainer.fit(
        RandomCrops(
            photos,
            size=arguments.crop,
            batch_size=arguments.batch,
            batches=arguments.every,
            first_batch=step,
            seed=arguments.seed,
        ),
        epochs=max(0, arguments.steps - step) // arguments.every,
        shuffle=False,
        verbose=0,
        callbacks=[Checkpoints(arguments.run, averaged, pairs)],
    )


if __name__ == "__main__":
    main()
