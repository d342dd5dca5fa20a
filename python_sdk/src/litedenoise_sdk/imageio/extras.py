"""Libraries that only some formats need, and that are installed with an extra."""

import importlib
import importlib.util
from types import MappingProxyType
from typing import Any

from litedenoise_sdk.errors import LiteDenoiseError, OutputError, UnsupportedImage

_LIBRARIES = MappingProxyType(
    {
        "HEIC": ("heif", "pillow_heif"),
        "JPEG XL": ("jxl", "pylibjxl"),
        "camera raw": ("raw", "rawpy"),
    }
)


DEEP_AVIF_ADVICE = "install litedenoise-sdk[avif] to keep 10 and 12"


def advice(format: str) -> str | None:
    """What to install for a format; None where nothing is missing."""
    extra, module = _LIBRARIES.get(format, (None, ""))
    if extra is None or _is_there(module):
        return None
    return f"install litedenoise-sdk[{extra}]"


def reading_library(format: str) -> Any:
    """The module that reads a format. Raises UnsupportedImage if it is not installed."""
    return _library(format, UnsupportedImage, f"{format} files need")


def writing_library(format: str) -> Any:
    """The module that writes a format. Raises OutputError if it is not installed."""
    return _library(format, OutputError, f"to write {format} needs")


def deep_avif_library() -> Any | None:
    """The module that reads and writes more than 8 bits of AVIF; None if it is not installed."""
    if not _is_there("cv2"):
        return None
    return importlib.import_module("cv2")


def _library(format: str, refusal: type[LiteDenoiseError], needs: str) -> Any:
    extra, module = _LIBRARIES[format]
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise refusal(f"{needs} {_how(extra, module)}") from error


def check_writable(format: str) -> None:
    """Raises OutputError if the library that writes a format is not installed."""
    if advice(format):
        writing_library(format)


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ValueError:  # what sys.modules says of a module that may not be imported
        return False


def _how(extra: str, module: str) -> str:
    return f"{module.replace('_', '-')}; install it with: pip install 'litedenoise-sdk[{extra}]'"
