"""The public door: which names it has, and what opening it costs."""

import subprocess
import sys
from importlib.metadata import version

import pytest

import litedenoise_sdk

NAMES = """
    Cancelled CorruptModel DelegateError DenoisePlan Denoiser DenoiserOptions FileReport ImageError
    ImageTooLarge LiteDenoiseError ModelError NoiseLevel OptionsError OutputError Progress
    RemovedNoise Restoration RunReport SidecarMismatch Size Strength UnreadableImage
    UnsupportedImage __version__ denoise
"""


def test_exported_names() -> None:
    assert sorted(litedenoise_sdk.__all__) == sorted(NAMES.split())
    assert all(hasattr(litedenoise_sdk, name) for name in litedenoise_sdk.__all__)


def test_version_is_the_installed_one() -> None:
    assert litedenoise_sdk.__version__ == version("litedenoise-sdk")


def test_other_names_are_unknown() -> None:
    with pytest.raises(AttributeError, match="denoise_everything"):
        _ = litedenoise_sdk.denoise_everything


def test_importing_loads_no_heavy_module() -> None:
    heavy = {"PIL", "ai_edge_litert", "flatbuffers", "tensorflow", "keras", "importlib.metadata"}
    loaded = subprocess.run(
        [sys.executable, "-c", "import litedenoise_sdk, sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert not heavy.intersection(loaded)
