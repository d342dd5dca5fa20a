"""Inference engines with nothing around them, all on the weights that the SDK ships."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from benchmarks.common.pairs import RGB
from litedenoise_sdk.geometry import Size, ceil_to
from litedenoise_sdk.model.load import LoadedModel
from litedenoise_sdk.model.retile import retile
from litedenoise_sdk.runtime.pixels import read_output, write_input
from litedenoise_sdk.tools.npu.qdq import to_qdq


class BareEngine(Protocol):
    """A model opened for one block size; ``put`` once, ``invoke`` any number of times."""

    def put(self, tensor: NDArray[Any]) -> None:
        """Takes the input, (1, height, width, 3) of the model's own dtype."""
        ...

    def invoke(self) -> None: ...

    def output(self) -> NDArray[Any]:
        """The last result, like the input."""
        ...


class LiteRt:
    """LiteRT's interpreter with XNNPACK."""

    def __init__(self, model: LoadedModel, block: Size, threads: int) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self._interpreter: Any = Interpreter(
            model_content=retile(model.content, block), num_threads=threads
        )
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._output = self._interpreter.get_output_details()[0]["index"]

    def put(self, tensor: NDArray[Any]) -> None:
        self._interpreter.set_tensor(self._input, tensor)

    def invoke(self) -> None:
        self._interpreter.invoke()

    def output(self) -> NDArray[Any]:
        return np.array(self._interpreter.get_tensor(self._output))


class OpenVino:
    """OpenVINO's CPU device, reading the same .tflite file."""

    def __init__(self, model: LoadedModel, block: Size, threads: int) -> None:
        import openvino

        core = openvino.Core()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.tflite"  # this format is not read from memory
            path.write_bytes(retile(model.content, block))
            read = core.read_model(path)
        settings = {
            "INFERENCE_NUM_THREADS": threads,
            "PERFORMANCE_HINT": "LATENCY",
            # Without it, processors that have bfloat16 would compute something less exact.
            "INFERENCE_PRECISION_HINT": "f32",
        }
        self._request: Any = core.compile_model(read, "CPU", settings).create_infer_request()

    def put(self, tensor: NDArray[Any]) -> None:
        self._request.get_input_tensor().data[:] = tensor

    def invoke(self) -> None:
        self._request.infer()

    def output(self) -> NDArray[Any]:
        return np.array(self._request.get_output_tensor().data)


class OnnxRuntime:
    """ONNX Runtime's CPU provider, on the same weights as ONNX.

    int8 runs with the file's own integers and scales, from float to float. ONNX Runtime decides
    which parts it computes in integers: all of it ("session.qdqisint8allowed") is slower on x86.
    """

    def __init__(self, model: LoadedModel, block: Size, threads: int) -> None:
        import onnxruntime

        from models.onnx_files.from_tflite import to_onnx

        self._sidecar = model.sidecar
        content = retile(model.content, block)
        network = to_qdq(content) if model.sidecar.precision == "int8" else to_onnx(content)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        # Threads that spin while waiting would take cores from the other cases.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session: Any = onnxruntime.InferenceSession(
            network.SerializeToString(), options, ["CPUExecutionProvider"]
        )
        self._feeds: dict[str, NDArray[Any]] = {}
        self._result: NDArray[Any] = np.empty(0)

    def put(self, tensor: NDArray[Any]) -> None:
        scale, zero = self._sidecar.input_scale, self._sidecar.input_zero_point
        if scale is not None and zero is not None:
            tensor = (tensor.astype(np.float32) - zero) * np.float32(scale)
        self._feeds = {"noisy": np.ascontiguousarray(tensor.transpose(0, 3, 1, 2))}

    def invoke(self) -> None:
        (self._result,) = self._session.run(["denoised"], self._feeds)

    def output(self) -> NDArray[Any]:
        result = self._result.transpose(0, 2, 3, 1)
        scale, zero = self._sidecar.output_scale, self._sidecar.output_zero_point
        if scale is None or zero is None:
            return result
        return (np.rint(result / scale) + zero).astype(self._sidecar.output_dtype)


ENGINES: Mapping[str, type[LiteRt] | type[OpenVino] | type[OnnxRuntime]] = {
    "litert": LiteRt,
    "openvino": OpenVino,
    "onnxruntime": OnnxRuntime,
}


def network_input(photo: RGB, model: LoadedModel) -> NDArray[Any]:
    """A photo (H, W, 3) whose sides are multiples of 16 as the network's input tensor."""
    tensor = np.empty((1, *photo.shape), model.sidecar.input_dtype)
    write_input(photo, tensor)
    return tensor


def denoise_whole(kind: str, model: LoadedModel, threads: int, photo: RGB) -> RGB:
    """The photo (H, W, 3) in a single block, its sides filled up to multiples of 16."""
    height, width, _ = photo.shape
    stride = model.sidecar.stride_px
    filled = [(0, ceil_to(side, stride) - side) for side in (height, width)]
    block = np.pad(photo, [*filled, (0, 0)], mode="symmetric")
    engine: BareEngine = ENGINES[kind](model, Size(*block.shape[:2]), threads)
    engine.put(network_input(block, model))
    engine.invoke()
    result: RGB = read_output(block, engine.output())[:height, :width]
    return result
