"""Averages the weights of several runs into a run of its own, ready to export.

    python -m models.average --of runs/first runs/second --run runs/mean

Runs that start alike and see different crops end around a point that is better than each of them:
their mean is better on all sets (Wortsman et al., "Model soups", ICML 2022).
"""

import argparse
import csv
import json
from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np

from models.networks.student import build_litedenoisenet
from models.training.checkpoints import AVERAGE_FILE, LOG_FILE, SETTINGS_FILE


def average(runs: Sequence[Path], mean: Path) -> None:
    """Writes the mean of the runs into the folder ``mean``, with the first one's settings.

    Its log is the last row of the longest run's.

    Raises:
        FileNotFoundError: a run has no checkpoint yet.
    """
    network = build_litedenoisenet(clamp=False)
    weights = [_weights(network, run) for run in runs]
    network.set_weights([np.mean(values, axis=0) for values in zip(*weights, strict=True)])
    mean.mkdir(parents=True, exist_ok=True)
    network.save_weights(mean / AVERAGE_FILE)
    settings = json.loads((runs[0] / SETTINGS_FILE).read_text(encoding="utf-8"))
    settings |= {"mean_of": [str(run) for run in runs]}
    (mean / SETTINGS_FILE).write_text(json.dumps(settings, indent=2), encoding="utf-8")
    row = max((_last_row(run) for run in runs), key=lambda row: int(row["step"]))
    with (mean / LOG_FILE).open("w", newline="") as file:
        csv.writer(file).writerows([row, row.values()])


def _weights(network: keras.Model, run: Path) -> list[np.ndarray]:
    if not (run / AVERAGE_FILE).exists():
        raise FileNotFoundError(f"expected a checkpoint {run / AVERAGE_FILE}; train the run first")
    network.load_weights(run / AVERAGE_FILE)
    return list(network.get_weights())


def _last_row(run: Path) -> dict[str, str]:
    with (run / LOG_FILE).open(newline="") as file:
        return list(csv.DictReader(file))[-1]


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--of", type=Path, nargs="+", required=True, help="folders of runs")
    parser.add_argument("--run", type=Path, required=True, help="folder of the mean")
    arguments = parser.parse_args(argv)
    average(arguments.of, arguments.run)


if __name__ == "__main__":
    main()
