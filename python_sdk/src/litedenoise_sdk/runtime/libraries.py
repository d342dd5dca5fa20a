"""Where installed packages keep their native libraries; nothing is imported or loaded."""

from importlib.util import find_spec
from pathlib import Path

from litedenoise_sdk.errors import DelegateError


def package_folder(package: str) -> Path | None:
    """Where a package is installed; None where it is not."""
    try:
        spec = find_spec(package)
    except ValueError:  # a module added by hand has none
        return None
    return Path(spec.origin).parent if spec is not None and spec.origin else None


def litert_folder() -> Path:
    """The folder of LiteRT's own libraries.

    Raises:
        DelegateError: LiteRT is not installed.
    """
    folder = package_folder("ai_edge_litert")
    if folder is None:
        raise DelegateError("LiteRT is not installed; install ai-edge-litert for this platform")
    return folder
