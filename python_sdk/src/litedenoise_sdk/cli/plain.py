"""The SDK's values as JSON."""

import json
import math
import os
from dataclasses import fields, is_dataclass
from typing import Any

from litedenoise_sdk.geometry import Size


def print_json(value: object) -> None:
    """Prints one JSON document; see ``plain``."""
    print(json.dumps(plain(value), indent=2, ensure_ascii=False, allow_nan=False))


def printable(text: object) -> str:
    """A text whose control characters are shown and not obeyed: file names may hold escape codes
    that move the terminal's cursor or rename its window."""
    return "".join(
        letter if letter.isprintable() or letter in "\n\t" else _escaped(letter)
        for letter in str(text)
    )


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")


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
