import json
from pathlib import Path

import numpy as np
import pytest

from models.average import average
from models.networks.student import build_litedenoisenet
from models.training.checkpoints import AVERAGE_FILE, LOG_FILE, SETTINGS_FILE


def make_run(folder: Path, value: float, step: int) -> Path:
    network = build_litedenoisenet(clamp=False)
    network.set_weights([np.full_like(weights, value) for weights in network.get_weights()])
    folder.mkdir()
    network.save_weights(folder / AVERAGE_FILE)
    (folder / SETTINGS_FILE).write_text(json.dumps({"seed": step}))
    (folder / LOG_FILE).write_text(f"step,loss\n1,9\n{step},{value}\n")
    return folder


def test_the_mean_of_runs_is_a_run(tmp_path: Path) -> None:
    runs = [make_run(tmp_path / "a", 1.0, 700), make_run(tmp_path / "b", 4.0, 500)]
    average(runs, tmp_path / "mean")

    network = build_litedenoisenet(clamp=False)
    network.load_weights(tmp_path / "mean" / AVERAGE_FILE)
    assert all(np.all(weights == 2.5) for weights in network.get_weights())
    settings = json.loads((tmp_path / "mean" / SETTINGS_FILE).read_text())
    assert settings == {"seed": 700, "mean_of": [str(run) for run in runs]}
    assert (tmp_path / "mean" / LOG_FILE).read_text().split() == ["step,loss", "700,1.0"]


def test_a_run_without_a_checkpoint_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="train the run first"):
        average([tmp_path], tmp_path / "mean")
