"""Denoise full-resolution photographs on the device, with LiteDenoiseNet through LiteRT.

from litedenoise_sdk import Denoiser

with Denoiser() as denoiser:
    denoiser.denoise_file("noisy.jpg", "clean.jpg")
"""

from typing import TYPE_CHECKING

from litedenoise_sdk.denoiser import Denoiser
from litedenoise_sdk.errors import (
    Cancelled,
    CorruptModel,
    DelegateError,
    ImageError,
    ImageTooLarge,
    LiteDenoiseError,
    ModelError,
    OptionsError,
    OutputError,
    SidecarMismatch,
    UnreadableImage,
    UnsupportedImage,
)
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.noise import NoiseLevel, RemovedNoise
from litedenoise_sdk.options import DenoiserOptions, Strength
from litedenoise_sdk.plan_and_report import DenoisePlan, FileReport
from litedenoise_sdk.progress import Progress
from litedenoise_sdk.restoration import Restoration
from litedenoise_sdk.runtime.protocol import RunReport
from litedenoise_sdk.shortcut import denoise

if TYPE_CHECKING:
    __version__: str

__all__ = [
    "Cancelled",
    "CorruptModel",
    "DelegateError",
    "DenoisePlan",
    "Denoiser",
    "DenoiserOptions",
    "FileReport",
    "ImageError",
    "ImageTooLarge",
    "LiteDenoiseError",
    "ModelError",
    "NoiseLevel",
    "OptionsError",
    "OutputError",
    "Progress",
    "RemovedNoise",
    "Restoration",
    "RunReport",
    "SidecarMismatch",
    "Size",
    "Strength",
    "UnreadableImage",
    "UnsupportedImage",
    "__version__",
    "denoise",
]


def __getattr__(name: str) -> str:
    if name == "__version__":
        # Looked up when asked for: importlib.metadata takes longer to import than this package.
        from importlib.metadata import version

        return version("litedenoise-sdk")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
