"""The modules without a browser: their own tests, and real inference in Node."""

import json
import subprocess
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.browser.site import MODELS, ROOT
from litedenoise_sdk import Denoiser


def test_the_modules_pass_their_own_tests(node: str) -> None:
    """Golden plans and pixels, retiling, files and their metadata."""
    ran = subprocess.run(
        [node, "--test", "test/"], cwd=ROOT / "web", capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout


def test_int8_in_node_equals_the_sdk(node: str, noisy: NDArray[np.uint8], tmp_path: Path) -> None:
    source, target = tmp_path / "in.rgb", tmp_path / "out.rgb"
    source.write_bytes(noisy.tobytes())
    height, width = noisy.shape[:2]
    script = Path(__file__).with_name("denoise_in_node.mjs")
    model = MODELS / "litedenoisenet-int8.tflite"
    ran = subprocess.run(
        [node, script, model, str(height), str(width), "16000000", source, target],
        capture_output=True,
        text=True,
        check=True,
    )
    steps = json.loads(ran.stdout)["steps"]
    assert steps == list(range(len(steps)))
    assert len(steps) > 2
    with Denoiser("int8", "cpu") as denoiser:
        expected = denoiser.denoise(noisy)
    found = np.frombuffer(target.read_bytes(), np.uint8).reshape(noisy.shape)
    np.testing.assert_array_equal(found, expected)
