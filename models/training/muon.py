"""The optimizer that the student is trained with."""

import math

import keras
from keras import KerasTensor as Tensor
from keras import Variable, ops


@keras.saving.register_keras_serializable(package="litedenoise")
class ConvolutionMuon(keras.optimizers.Muon):
    """Muon for kernels of convolutions; AdamW for biases and the layers in ``exclude_layers``.

    A kernel (3, 3, C, F) is treated as a matrix (9 C, F) whose update is made orthogonal: as large
    in rare directions as in common ones. Keras' own Muon handles only matrices. After "Muon: An
    optimizer for hidden layers in neural networks" (Jordan et al., 2024), with the step sizes of
    "Muon is scalable for LLM training" (Liu et al., 2025), which are those of AdamW.
    """

    def _should_use_adamw(self, variable: Variable) -> bool:
        return len(variable.shape) != 4 or any(
            name in variable.path for name in self.exclude_layers
        )

    def zeropower_via_newtonschulz5(self, x: Tensor, steps: int) -> Tensor:
        matrix = ops.reshape(x, (-1, x.shape[-1]))
        return ops.reshape(super().zeropower_via_newtonschulz5(matrix, steps), x.shape)

    def lr_adjust(self, x: Tensor) -> Tensor:
        *taps, filters = x.shape
        return x * (math.sqrt(max(math.prod(taps), filters)) * self.rms_rate)
