"""Where the files lie that let the page denoise on the device."""

import importlib.util
from pathlib import Path

from litedenoise_sdk.errors import OptionsError

_PACKAGE = "litedenoise_web"


def installed_web() -> Path:
    """The folder of the package that carries them.

    Raises:
        OptionsError: it is not installed.
    """
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise OptionsError(
            "the files for the browser are not installed: pip install 'litedenoise-sdk[web]', or "
            "name the folder of make web"
        )
    return Path(found.origin).parent
