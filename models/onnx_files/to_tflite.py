"""Makes a LiteRT file of the SDK's family from an ONNX network."""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx

from litedenoise_sdk.model.flatbuffer import read_graph
from litedenoise_sdk.model.stages import find_stages
from models.onnx_files.prepare import prepare

_SAMPLE_NAME = "calibration_image_sample_data_20x128x128x3_float32.npy"
"""What onnx2tf reads for its own checks from the current folder, and else downloads."""


def to_tflite(model: onnx.ModelProto) -> bytes:
    """The network as an fp32 ``.tflite`` file with the channels last.

    Raises:
        ValueError: its inputs, outputs or padding are not supported (see ``prepare``), or onnx2tf
            failed.
        CorruptModel: operators that the SDK does not run, stray transpositions among them.
    """
    with tempfile.TemporaryDirectory() as folder:
        onnx.save(prepare(model), Path(folder, "network.onnx"))
        np.save(Path(folder, _SAMPLE_NAME), np.zeros((20, 128, 128, 3), np.float32))
        # In a process of its own: it needs Keras 2, and seeds the random numbers of its process.
        command = [sys.executable, "-m", "onnx2tf", "-i", "network.onnx", "-o", "out"]
        command += ["--not_use_onnxsim", "--verbosity", "error"]
        finished = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        file = Path(folder, "out", "network_float32.tflite")
        if finished.returncode or not file.exists():
            raise ValueError(f"onnx2tf failed:\n{finished.stdout[-2000:]}{finished.stderr[-2000:]}")
        content = file.read_bytes()
    find_stages(read_graph(content))
    return content
