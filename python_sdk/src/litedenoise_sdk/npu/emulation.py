"""Runs the quantized network on Qualcomm's x86 emulation of the Snapdragon's neural processor.

The emulation computes what the processor computes, to the bit as far as Qualcomm says, but not at
its speed: about a second for 128x128 pixels. It comes with the wheel of ONNX Runtime for QNN, which
takes ONNX models; ``python -m models.export_onnx`` makes one of an fp32 model file.
"""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.errors import DelegateError, ModelError, OptionsError
from litedenoise_sdk.geometry import Size

Bits = Literal[8, 16]

_SOC_MODELS = {"SM8550": ("43", "73"), "SM8650": ("57", "75"), "SM8750": ("69", "79")}
"""Qualcomm's number for each chip, and the architecture of its neural processor."""

_PROVIDER = "QNNExecutionProvider"


@dataclass(frozen=True, slots=True)
class EmulatedNetwork:
    """A network quantized and opened on the emulation, for blocks of one size."""

    session: Any
    input: str

    def run(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        """Denoises (height, width, 3) float32 in [0, 1]; a new array of the same kind."""
        picture = np.ascontiguousarray(block.transpose(2, 0, 1)[None])
        (output,) = self.session.run(None, {self.input: picture})
        denoised: NDArray[np.float32] = output[0].transpose(1, 2, 0).clip(0, 1)
        return denoised


@contextmanager
def emulated(
    model: Path, soc: str, bits: Bits, calibration: Sequence[NDArray[np.float32]]
) -> Iterator[EmulatedNetwork]:
    """Quantizes an ONNX model as Qualcomm's tools would and opens it on the emulation.

    Args:
        model: an ONNX file of the network in float32, (1, 3, height, width) in [0, 1].
        soc: a chip, e.g. "SM8750".
        bits: of the activations; weights have 8.
        calibration: noisy blocks (height, width, 3) float32 in [0, 1], all of the size to run.

    Raises:
        OptionsError: a chip that is not emulated.
        ModelError: the file cannot be read.
        DelegateError: ONNX Runtime or Qualcomm's libraries are missing, or refuse the network.
    """
    if soc.upper() not in _SOC_MODELS:
        raise OptionsError(f"soc must be one of {', '.join(_SOC_MODELS)}; got {soc!r}")
    with tempfile.TemporaryDirectory(prefix="litedenoise-emulate-") as name:
        quantized = Path(name, "quantized.onnx")
        _quantize(model, quantized, bits, calibration)
        session = _open(quantized, soc.upper())
        yield EmulatedNetwork(session, session.get_inputs()[0].name)


class _Reader:
    """Calibration blocks, one at a time, as the quantizer asks for them."""

    def __init__(self, input_name: str, blocks: Iterable[NDArray[np.float32]]) -> None:
        self._feeds = iter([{input_name: block.transpose(2, 0, 1)[None]} for block in blocks])

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        return next(self._feeds, None)


def _quantize(
    model: Path, target: Path, bits: Bits, calibration: Sequence[NDArray[np.float32]]
) -> None:
    try:
        import onnx
        from onnxruntime.quantization import QuantType, quantize
        from onnxruntime.quantization.execution_providers.qnn import get_qnn_qdq_config
        from onnxruntime.tools.onnx_model_utils import make_dim_param_fixed
    except ImportError as error:
        raise _missing(error) from error
    try:
        network = onnx.load(model)
        block = Size(*calibration[0].shape[:2])
        make_dim_param_fixed(network.graph, "height", block.height)
        make_dim_param_fixed(network.graph, "width", block.width)
        fixed = onnx.shape_inference.infer_shapes(network)
    except Exception as error:  # protobuf and ONNX have exceptions of their own
        raise ModelError(f"cannot read {model} as an ONNX network: {error}") from error
    activation = QuantType.QUInt8 if bits == 8 else QuantType.QUInt16
    settings = get_qnn_qdq_config(
        fixed,
        _Reader(network.graph.input[0].name, calibration),
        activation_type=activation,
        weight_type=QuantType.QInt8,
        per_channel=True,
        weight_symmetric=True,
    )
    quantize(fixed, str(target), settings)


def _open(quantized: Path, soc: str) -> Any:
    try:
        import onnxruntime
        import onnxruntime_qnn
    except ImportError as error:
        raise _missing(error) from error
    number, architecture = _SOC_MODELS[soc]
    settings = onnxruntime.SessionOptions()
    settings.log_severity_level = 4
    settings.add_session_config_entry("session.disable_cpu_ep_fallback", "1")
    try:
        if not any(device.ep_name == _PROVIDER for device in onnxruntime.get_ep_devices()):
            onnxruntime.register_execution_provider_library(
                _PROVIDER, onnxruntime_qnn.get_library_path()
            )
        devices = [d for d in onnxruntime.get_ep_devices() if d.ep_name == _PROVIDER]
        settings.add_provider_for_devices(
            devices[:1],
            {
                "backend_path": onnxruntime_qnn.get_qnn_htp_path(),
                "soc_model": number,
                "htp_arch": architecture,
            },
        )
        return onnxruntime.InferenceSession(str(quantized), settings)
    except Exception as error:  # ONNX Runtime has exceptions of its own, derived from nothing else
        raise DelegateError(
            f"Qualcomm's emulation of {soc} does not take the whole network: {error}"
        ) from error


def _missing(error: ImportError) -> DelegateError:
    return DelegateError(
        f"the emulation needs ONNX Runtime and Qualcomm's libraries ({error}); pip install "
        "onnx onnxruntime onnxruntime-qnn"
    )
