"""requirements/: the locks hold what the lists beside them pin, with hashes."""

import re
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

FOLDER = Path(__file__).parents[2] / "requirements"
PIN = re.compile(r"^([\w.-]+)==([\w.]+)", re.MULTILINE)


def pins(text: str) -> dict[str, str]:
    return {canonicalize_name(name): version for name, version in PIN.findall(text)}


def listed(name: str) -> dict[str, str]:
    text = (FOLDER / name).read_text(encoding="utf-8")
    found = pins(text)
    for other in re.findall(r"^-r (\S+)", text, re.MULTILINE):
        found |= listed(other)
    return found


@pytest.mark.parametrize("name", ["run", "serve", "dev"])
def test_the_lock_is_that_of_the_list(name: str) -> None:
    lock = (FOLDER / f"{name}.lock").read_text(encoding="utf-8")
    assert pins(lock) == listed(f"{name}.txt"), "run make locks"
    entries = re.split(r"\n(?=\S)", lock.strip())
    assert len(entries) == len(pins(lock))
    assert all("--hash=sha256:" in entry for entry in entries)
