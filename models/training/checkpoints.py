"""Writes a run's weights and log while it trains."""

import csv
import time
from pathlib import Path

import keras

from models.training.validation import Validation

STATE_FILE = "state.weights.h5"
"""Network, optimizer and the camera's random state: what a run resumes from."""
AVERAGE_FILE = "ema.weights.h5"
"""The network's averaged weights: what is exported."""
LOG_FILE = "log.csv"
SETTINGS_FILE = "settings.json"
RANGES_FILE = "ranges.json"
"""The ranges of activations that weights for int8 were trained with."""


class Checkpoints(keras.callbacks.Callback):
    """After every epoch: saves state and averaged weights, validates, appends to ``log.csv``.

    Keras itself puts the average in place of the weights only when ``fit`` ends, so one ``fit``
    must run the whole training.
    """

    def __init__(self, run: Path, averaged: keras.Model, validation: Validation):
        super().__init__()
        self._run = run
        self._averaged = averaged
        self._validation = validation
        self._started = 0.0

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self._started = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        row: dict[str, float] = {"step": int(self.model.optimizer.iterations)}
        row |= {"seconds": time.monotonic() - self._started, **(logs or {})}
        averages = self.model.optimizer._model_variables_moving_average
        weights = [keras.ops.convert_to_numpy(value) for value in averages]
        self._averaged.set_weights(weights)
        _save(self._averaged, self._run / AVERAGE_FILE)
        _save(self.model, self._run / STATE_FILE)
        row |= self._validation.psnrs(weights)
        _append_row(self._run / LOG_FILE, row)
        print(" ".join(f"{name} {value:.5g}" for name, value in row.items()), flush=True)


def _save(model: keras.Model, path: Path) -> None:
    """In one step: a run interrupted here resumes from the previous checkpoint.

    Keras takes the name of a file, not an open one, so that the SDK's ``whole_file`` cannot serve.
    """
    partial = path.with_name(f"partial-{path.name}")
    model.save_weights(partial)
    partial.replace(path)


def _append_row(path: Path, row: dict[str, float]) -> None:
    is_new = not path.exists()
    with path.open("a", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(row))
        if is_new:
            writer.writeheader()
        writer.writerow(row)
