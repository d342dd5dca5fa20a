"""Arguments that several commands take."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from litedenoise_sdk.errors import ModelError
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.options import Precision

if TYPE_CHECKING:
    from litedenoise_sdk.model.load import LoadedModel


def block_size(text: str) -> Size:
    """Reads "HEIGHTxWIDTH" for argparse."""
    try:
        return Size.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def read_model_file(named: str) -> bytes:
    """The bytes of a shipped model, named by its precision, or of any .tflite file.

    Raises:
        ModelError: there is no such file.
    """
    if named in get_args(Precision):
        from litedenoise_sdk.model.load import load_released

        return load_released(named).content  # type: ignore[arg-type]  # checked just above
    try:
        return Path(named).read_bytes()
    except OSError as error:
        raise ModelError(f"cannot read the model {named}: {error.strerror}") from error


def load_named(named: str) -> "LoadedModel":
    """A shipped model, named by its precision, or any .tflite file with its sidecar.

    Raises:
        ModelError: there is no such file, or it and its sidecar do not fit together.
    """
    from litedenoise_sdk.model.load import load_model, load_released

    if named in get_args(Precision):
        return load_released(named)  # type: ignore[arg-type]  # checked just above
    return load_model(named)
