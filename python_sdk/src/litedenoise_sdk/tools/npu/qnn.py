"""Finds Qualcomm's libraries for x86: the compiler and emulation of Snapdragon's processor."""

import importlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from litedenoise_sdk.errors import DelegateError
from litedenoise_sdk.runtime.libraries import package_folder

_SDK_PACKAGE = "ai_edge_litert_sdk_qualcomm"
_SDK_VARIABLE = "QNN_SDK_ROOT"
_WHEEL_PACKAGE = "onnxruntime_qnn"
_NEEDED = ("libQnnHtp.so", "libQnnSystem.so")
_UNUSED = "libQnnLpai.so"
"""LiteRT's plugin is linked with it, but calls it only for the low-power island."""


@dataclass(frozen=True, slots=True)
class QnnLibraries:
    """A folder with Qualcomm's libraries, and where they come from."""

    folder: Path
    source: str


@contextmanager
def qnn_libraries() -> Iterator[QnnLibraries]:
    """Qualcomm's libraries, from the best source there is, for as long as the context is open.

    The official package for LiteRT comes first, then an installed SDK, then the wheel of ONNX
    Runtime, which has all of these libraries but one that is not used here.

    Raises:
        DelegateError: none of the three is there.
    """
    named = _official_folder()
    if named is not None:
        yield named
        return
    wheel = package_folder(_WHEEL_PACKAGE)
    if wheel is None or not _complete(wheel):
        raise DelegateError(
            "Qualcomm's libraries are not installed; pip install onnxruntime-qnn (or "
            f"ai-edge-litert-sdk-qualcomm), or set {_SDK_VARIABLE} to Qualcomm's AI Runtime SDK"
        )
    with tempfile.TemporaryDirectory(prefix="litedenoise-qnn-") as name:
        _lay_out(wheel, Path(name))
        yield QnnLibraries(Path(name), "onnxruntime-qnn")


def _official_folder() -> QnnLibraries | None:
    if package_folder(_SDK_PACKAGE) is not None:
        module = importlib.import_module(_SDK_PACKAGE)
        folder = Path(module.path_to_sdk_libs())
        if _complete(folder):
            return QnnLibraries(folder, "ai-edge-litert-sdk-qualcomm")
    root = os.environ.get(_SDK_VARIABLE)
    if root:
        folder = Path(root, "lib", "x86_64-linux-clang")
        if not _complete(folder):
            raise DelegateError(
                f"expected Qualcomm's libraries in {folder}, but {' or '.join(_NEEDED)} is not "
                f"there; correct or remove {_SDK_VARIABLE}"
            )
        return QnnLibraries(folder, _SDK_VARIABLE)
    return None


def _lay_out(wheel: Path, folder: Path) -> None:
    """Links the wheel's libraries into one folder, as LiteRT's plugin expects them."""
    bundled = wheel.parent / f"{wheel.name}.libs"  # the C++ library that they were built with
    for library in (*wheel.glob("*.so*"), *bundled.glob("*.so*")):
        (folder / library.name).symlink_to(library)
    if not (folder / _UNUSED).exists():
        (folder / _UNUSED).symlink_to(wheel / _NEEDED[1])


def _complete(folder: Path) -> bool:
    return all((folder / name).is_file() for name in _NEEDED)
