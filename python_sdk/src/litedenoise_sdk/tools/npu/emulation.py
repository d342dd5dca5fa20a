"""Runs a quantized network on Qualcomm's x86 emulation of the Snapdragon's neural processor.

The emulation computes what the processor computes, bit for bit according to Qualcomm, but not at
its speed: about a second for 128x128 pixels with activations of 8 bits, two with 16. It comes with
the wheel of ONNX Runtime for QNN, which takes ONNX models; ours are written as ONNX with their own
scales, so that the released file itself runs and not another quantization of it.
"""

import ctypes
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.errors import DelegateError, OptionsError
from litedenoise_sdk.tools.npu.qdq import to_qdq

_SOC_MODELS = {"SM8550": ("43", "73"), "SM8650": ("57", "75"), "SM8750": ("69", "79")}
"""Qualcomm's number for each chip, and the architecture of its neural processor."""

_PROVIDER = "QNNExecutionProvider"


@dataclass(frozen=True, slots=True)
class EmulatedNetwork:
    """A network opened on the emulation, for blocks of one size."""

    session: Any
    input: str

    def run(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        """Denoises (height, width, 3) float32 in [0, 1]; a new array of the same kind."""
        picture = np.ascontiguousarray(block.transpose(2, 0, 1)[None])
        (output,) = self.session.run(None, {self.input: picture})
        denoised: NDArray[np.float32] = output[0].transpose(1, 2, 0).clip(0, 1)
        return denoised


@contextmanager
def emulated(content: bytes, soc: str) -> Iterator[EmulatedNetwork]:
    """Opens a quantized model on the emulation; nothing of it runs elsewhere.

    Args:
        content: the bytes of an int8 or int16x8 .tflite file, for blocks of the size to run.
        soc: a chip, e.g. "SM8750".

    Raises:
        OptionsError: a chip that is not emulated.
        ModelError: the file is not a quantized network of this family.
        DelegateError: ONNX Runtime or Qualcomm's libraries are missing, or refuse the network.
    """
    if soc.upper() not in _SOC_MODELS:
        raise OptionsError(f"soc must be one of {', '.join(_SOC_MODELS)}; got {soc!r}")
    try:
        network = to_qdq(content)
    except ImportError as error:
        raise _missing(error) from error
    with (
        _standard_output_kept_clean(),
        tempfile.TemporaryDirectory(prefix="litedenoise-emulate-") as name,
    ):
        path = Path(name, "quantized.onnx")
        path.write_bytes(network.SerializeToString())
        session = _open(path, soc.upper())
        yield EmulatedNetwork(session, session.get_inputs()[0].name)


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


@contextmanager
def _standard_output_kept_clean() -> Iterator[None]:
    """Qualcomm's library prints there, into the caller's table or JSON; standard error takes it."""
    sys.stdout.flush()
    original = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        ctypes.CDLL(None).fflush(None)  # C's own buffer, which would be written much later
        os.dup2(original, 1)
        os.close(original)


def _missing(error: ImportError) -> DelegateError:
    return DelegateError(
        f"the emulation needs ONNX Runtime and Qualcomm's libraries ({error}); pip install "
        "litedenoise-sdk[qualcomm]"
    )
