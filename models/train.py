"""Trains LiteDenoiseNet on folders of clean photographs; run it again to go on where it stopped.

    python -m models.train --clean PHOTOS --run runs/first --steps 20000

A run's folder holds ``state.weights.h5`` (network, optimizer, camera's random state), ``ema.weights.h5``
(the averaged weights, what is exported), ``log.csv`` and ``settings.json``.
"""

import argparse
import csv
import json
import os
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # 1.6 times faster where AVX-512 is missing

import keras

from models.camera import SyntheticCamera
from models.network import build_litedenoisenet
from models.training.crops import RandomCrops, load_photos
from models.training.schedule import WarmupStableDecay
from models.training.trainer import DenoisingTrainer
from models.training.validation import find_pairs, mean_psnr


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
    parser.add_argument("--init", type=Path, help="weights to start from (.weights.h5)")
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
    state, average = arguments.run / "state.weights.h5", arguments.run / "ema.weights.h5"
    if arguments.init:
        network.load_weights(arguments.init)
    arguments.run.mkdir(parents=True, exist_ok=True)
    settings = {name: str(value) for name, value in vars(arguments).items()}
    (arguments.run / "settings.json").write_text(json.dumps(settings, indent=2))
    if state.exists():
        trainer.load_weights(state)
    step = int(trainer.optimizer.iterations)
    pairs = find_pairs(arguments.validate) if arguments.validate else []

    while step < arguments.steps:
        count = min(arguments.every, arguments.steps - step)
        crops = RandomCrops(
            photos,
            size=arguments.crop,
            batch_size=arguments.batch,
            batches=count,
            first_batch=step,
            seed=arguments.seed,
        )
        started = time.monotonic()
        history = trainer.fit(crops, epochs=1, verbose=0, shuffle=False).history
        step += count
        row = {"step": step, "seconds_per_step": (time.monotonic() - started) / count}
        row |= {name: values[-1] for name, values in history.items()}
        averages = trainer.optimizer._model_variables_moving_average
        averaged.set_weights([keras.ops.convert_to_numpy(value) for value in averages])
        averaged.save_weights(average)
        trainer.save_weights(state)
        if pairs:
            row["psnr_real"] = mean_psnr(averaged, pairs)
        append_row(arguments.run / "log.csv", row)
        print(" ".join(f"{name} {value:.5g}" for name, value in row.items()), flush=True)


def append_row(path: Path, row: dict[str, float]) -> None:
    is_new = not path.exists()
    with path.open("a", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(row))
        if is_new:
            writer.writeheader()
        writer.writerow(row)


if __name__ == "__main__":
    main()
