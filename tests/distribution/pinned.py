"""The versions that the files of requirements/ pin."""

import re
from pathlib import Path

from packaging.utils import canonicalize_name

FOLDER = Path(__file__).parents[2] / "requirements"
_PIN = re.compile(r"^([\w.-]+)==([\w.]+)", re.MULTILINE)


def pins(text: str) -> dict[str, str]:
    """The versions in a file, by the packages' names."""
    return {canonicalize_name(name): version for name, version in _PIN.findall(text)}


def listed(name: str) -> dict[str, str]:
    """Those of a list and of the lists that it includes."""
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    found = pins(text)
    for other in re.findall(r"^-r (\S+)\.txt", text, re.MULTILINE):
        found |= listed(other)
    return found
