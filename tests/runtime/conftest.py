"""What the tests of accelerators run on: SwiftShader for the GPU, OpenVINO's CPU device as NPU."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

SWIFTSHADER = Path("/usr/lib/chromium/vk_swiftshader_icd.json")
SAMPLE = Path(__file__).parents[2] / "samples" / "noisy.jpg"


@pytest.fixture
def swiftshader(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Vulkan driver that computes on the CPU; it comes with Debian's chromium."""
    assert SWIFTSHADER.exists(), "the GPU tests need SwiftShader: apt install chromium libvulkan1"
    monkeypatch.setenv("VK_DRIVER_FILES", str(SWIFTSHADER))


@pytest.fixture(scope="session")
def real_block() -> NDArray[np.float32]:
    """64x64 pixels of the sample photo, float32 in [0, 1]."""
    with Image.open(SAMPLE) as photo:
        crop = np.asarray(photo.convert("RGB").crop((800, 600, 864, 664)))
    block: NDArray[np.float32] = np.divide(crop, 255, dtype=np.float32)
    return block
