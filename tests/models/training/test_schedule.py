"""The learning rate over a run."""

import numpy as np

from models.training.schedule import WarmupStableDecay


def test_the_learning_rate_warms_up_stays_and_decays() -> None:
    schedule = WarmupStableDecay(1e-3, warmup_steps=10, total_steps=100, decay_steps=20)
    rates = [float(schedule(step)) for step in (0, 9, 50, 80, 90, 100)]
    np.testing.assert_allclose(rates, [1e-4, 1e-3, 1e-3, 1e-3, 5e-4, 0], atol=1e-9)
