"""Arguments that several commands take."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.options import (
    DEFAULT_MAX_PIXELS,
    Precision,
    Strength,
)

if TYPE_CHECKING:
    from litedenoise_sdk.model.load import LoadedModel


def add_strength(parser: argparse.ArgumentParser) -> None:
    """``--strength``, ``--luma`` and ``--chroma``; read by ``strength_of``."""
    add = parser.add_argument
    add("--strength", type=float, default=1.0, metavar="0..1",
        help="how much noise is removed (1)")  # fmt: skip
    add("--luma", type=float, metavar="0..1", help="the same for brightness noise")
    add("--chroma", type=float, metavar="0..1", help="the same for colour noise")


def strength_of(arguments: argparse.Namespace) -> Strength:
    """Raises OptionsError for a value outside [0, 1]."""
    return Strength(arguments.strength, arguments.luma, arguments.chroma)


def add_limits(parser: argparse.ArgumentParser) -> None:
    """``--threads``, ``--max-memory-mb`` and ``--max-pixels``."""
    add = parser.add_argument
    add("--threads", type=int, metavar="N", help="CPU threads of one network (all)")
    add("--max-memory-mb", type=int, metavar="MB",
        help="memory budget of one network (a quarter of what is available)")  # fmt: skip
    add("--max-pixels", type=int, metavar="N", default=DEFAULT_MAX_PIXELS,
        help="largest photo (%(default)s)")  # fmt: skip


def add_reading(parser: argparse.ArgumentParser) -> None:
    """``--strict``, ``--first-frame`` and ``--keep-dates``."""
    add = parser.add_argument
    add("--strict", action="store_true", help="refuse damaged files that viewers still show")
    add("--first-frame", action="store_true",
        help="take the first frame of animations, which are refused otherwise")  # fmt: skip
    add("--keep-dates", action="store_true", help="give results the dates of their photos")


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
    from litedenoise_sdk.model.load import read_model_bytes

    return read_model_bytes(Path(named))


def load_named(named: str) -> "LoadedModel":
    """A shipped model, named by its precision, or any .tflite file with its sidecar.

    Raises:
        ModelError: there is no such file, or it and its sidecar do not fit together.
    """
    from litedenoise_sdk.model.load import load_model, load_released

    if named in get_args(Precision):
        return load_released(named)  # type: ignore[arg-type]  # checked just above
    return load_model(named)
