"""Learning rate: warm-up, a long plateau, a linear decay to zero at the end."""

import keras
from keras import KerasTensor as Tensor
from keras import ops


@keras.saving.register_keras_serializable(package="litedenoise")
class WarmupStableDecay(keras.optimizers.schedules.LearningRateSchedule):
    """The plateau does not depend on the length of the run; only the decay does.

    After Hu et al., "MiniCPM", 2024, section 4 (the WSD schedule).
    """

    def __init__(self, peak: float, *, warmup_steps: int, total_steps: int, decay_steps: int):
        self.peak = peak
        self.warmup_steps = warmup_steps
        self.total_steps = total_steps
        self.decay_steps = decay_steps

    def __call__(self, step: Tensor) -> Tensor:
        step = ops.cast(step, "float32")
        warmup = (step + 1.0) / max(self.warmup_steps, 1)
        decay = (self.total_steps - step) / max(self.decay_steps, 1)
        return self.peak * ops.clip(ops.minimum(warmup, decay), 0.0, 1.0)

    def get_config(self) -> dict[str, float]:
        return {
            "peak": self.peak,
            "warmup_steps": self.warmup_steps,
            "total_steps": self.total_steps,
            "decay_steps": self.decay_steps,
        }
