"""The network behind the camera as one trainable Keras model."""

import keras
from keras import KerasTensor as Tensor
from keras import ops

from models.training.borders import MirroredBorders

FAINT_NOISE_STD = 0.01
"""Noise under this standard deviation, of a range of 1, does not gain more weight."""
NOISE_POWER = 0.75
"""How far a crop's error counts less because there is more noise in it. At 1 it is the share of the
noise that is left, which is a twentieth of heavy noise and half of faint noise: heavy noise would
hardly count."""
WIDE_PX = 8
WIDE_WEIGHT = 1.0
"""How much more the error counts that is the same over so many pixels: colours that shift in dark
areas, and blotches, which are seen sooner than their share of the squared error says."""


class DenoisingTrainer(keras.Model):
    """Takes clean crops, renders a pair through the camera, and learns clean from noisy.

    The loss is the squared error of each crop relative to its noise (``relative_error``), because
    what counts is the PSNR of each picture: unweighted, the few crops with heavy noise decide, and
    pictures with faint noise come out worse than they went in. (The paper's, 1000 * MSE + 100 * L1,
    is mostly L1: it learns sooner from nothing, and ends at the same PSNR.) Beside it the standard
    deviation of the predicted residual and of the noise that was there are logged: a
    residual near zero means the network is stuck at the identity.
    """

    def __init__(self, network: keras.Model, camera: keras.layers.Layer):
        super().__init__()
        self.network = network
        self.camera = camera
        self.borders = MirroredBorders()
        names = ("loss", "psnr", "psnr_noisy", "residual_std", "noise_std")
        self._means = {name: keras.metrics.Mean(name=name) for name in names}

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        return list(self._means.values())

    def call(self, photos: Tensor, training: bool = False) -> dict[str, Tensor]:
        """Clean crops (N, H, W, 3) uint8 to what became of them, each (N, H, W, 3) float32."""
        noisy, clean = self.borders(*self.camera(ops.cast(photos, "float32") / 255.0))
        noisy, clean = ops.stop_gradient(noisy), ops.stop_gradient(clean)
        return {"noisy": noisy, "clean": clean, "denoised": self.network(noisy, training=training)}

    def compute_loss(
        self,
        x: Tensor = None,
        y: Tensor = None,
        y_pred: dict[str, Tensor] | None = None,
        sample_weight: Tensor = None,
        training: bool = True,
    ) -> Tensor:
        assert y_pred is not None
        noisy, clean, denoised = y_pred["noisy"], y_pred["clean"], y_pred["denoised"]
        error = denoised - clean
        loss = relative_error(error, noisy - clean)
        self._means["loss"].update_state(loss)
        self._means["psnr"].update_state(mean_psnr(error))
        self._means["psnr_noisy"].update_state(mean_psnr(noisy - clean))
        self._means["residual_std"].update_state(ops.std(denoised - noisy))
        self._means["noise_std"].update_state(ops.std(noisy - clean))
        return loss

    def compute_metrics(
        self, x: Tensor, y: Tensor, y_pred: dict[str, Tensor], sample_weight: Tensor = None
    ) -> dict[str, Tensor]:
        return {name: mean.result() for name, mean in self._means.items()}


def relative_error(error: Tensor, noise: Tensor) -> Tensor:
    """The trainer's loss for an error (N, H, W, 3), relative to the noise that was in each crop.

    H and W are multiples of ``WIDE_PX``.
    """
    wide = ops.average_pool(error, WIDE_PX, WIDE_PX, data_format="channels_last")
    power = _crop_mean(ops.square(error)) + WIDE_WEIGHT * _crop_mean(ops.square(wide))
    relative = _crop_mean(ops.square(noise)) / FAINT_NOISE_STD**2 + 1.0
    return ops.mean(power / FAINT_NOISE_STD**2 / relative**NOISE_POWER)


def mean_psnr(error: Tensor) -> Tensor:
    """PSNR in dB of each picture, peak 1, mean over the batch."""
    return ops.mean(-10.0 * ops.log10(_crop_mean(ops.square(error)) + 1e-10))


def _crop_mean(values: Tensor) -> Tensor:
    return ops.mean(values, axis=(1, 2, 3))
