"""Trains the student on a teacher's output beside the ground truth."""

import keras
from keras import KerasTensor as Tensor
from keras import ops

from models.training.trainer import DenoisingTrainer, mean_psnr, relative_error

ALPHA = 0.9
"""Nine parts distance to the teacher's output, one part distance to the ground truth."""


class DistillationTrainer(DenoisingTrainer):
    """Learns from a teacher that sees the same noisy crops.

    loss = alpha * distance(student, teacher) + (1 - alpha) * distance(student, clean)

    Both distances are those of ``DenoisingTrainer``, with the same weighting of crops. Logged are
    both terms, as ``loss_teacher`` and ``loss`` (to the ground truth), and ``psnr_teacher``, the
    teacher's own PSNR on the same crops.
    """

    def __init__(
        self,
        network: keras.Model,
        camera: keras.layers.Layer,
        teacher: keras.Model,
        alpha: float = ALPHA,
    ):
        super().__init__(network, camera)
        teacher.trainable = False
        self.teacher = teacher
        self.alpha = alpha
        for name in ("loss_teacher", "psnr_teacher"):
            self._means[name] = keras.metrics.Mean(name=name)

    def call(self, photos: Tensor, training: bool = False) -> dict[str, Tensor]:
        outputs = super().call(photos, training=training)
        taught = self.teacher(outputs["noisy"], training=False)
        return {**outputs, "taught": ops.stop_gradient(taught)}

    def compute_loss(
        self,
        x: Tensor = None,
        y: Tensor = None,
        y_pred: dict[str, Tensor] | None = None,
        sample_weight: Tensor = None,
        training: bool = True,
    ) -> Tensor:
        assert y_pred is not None
        to_truth = super().compute_loss(x, y, y_pred, sample_weight, training)
        noise = y_pred["noisy"] - y_pred["clean"]
        to_teacher = relative_error(y_pred["denoised"] - y_pred["taught"], noise)
        self._means["loss_teacher"].update_state(to_teacher)
        self._means["psnr_teacher"].update_state(mean_psnr(y_pred["taught"] - y_pred["clean"]))
        return self.alpha * to_teacher + (1.0 - self.alpha) * to_truth
