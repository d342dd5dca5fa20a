"""The SDK's values as JSON."""

import json
import math
import os
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any

from litedenoise_sdk.geometry import Size


def print_json(value: object) -> None:
    """Prints one JSON document, in which control characters are escaped; see ``plain``."""
    text = json.dumps(plain(value), indent=2, ensure_ascii=False, allow_nan=False)
    print(_shown(text, lambda letter: json.dumps(letter)[1:-1], "\n"))


def printable(text: object) -> str:
    """A line whose control characters are shown and not obeyed: file names may hold escape codes
    that move the terminal's cursor or rename its window, and line ends."""
    return _shown(str(text), lambda letter: letter.encode("unicode_escape").decode("ascii"), "\t")


def _shown(text: str, escaped: Callable[[str], str], kept: str) -> str:
    return "".join(
        letter if letter.isprintable() or letter in kept else escaped(letter) for letter in text
    )


def plain(value: Any) -> Any:
    """Dataclasses become objects, sizes [height, width], paths text, infinities null."""
    if isinstance(value, Size):
        return [value.height, value.width]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
