"""What the SDK, its service and this repository's tools need may be used by anyone for anything."""

import re
from importlib.metadata import metadata

import pytest

from tests.distribution.pinned import listed

_FREE = re.compile(
    r"Apache|MIT|BSD|ISC|MPL|Mozilla|PSF|Python Software Foundation|Unlicense|Zlib|HPND|CC0", re.I
)
_BOUND = re.compile(
    r"non-?commercial|\bA?GPL|\bLGPL|General Public|SSPL|proprietary|CC-BY-NC", re.I
)
_TOLD_IN_A_FILE_ONLY = {"axe-playwright-python": "MIT", "namex": "Apache-2.0"}


def is_free(licence: str) -> bool:
    """Whether a licence, or one of several to choose from, asks no more than to be passed on."""
    return any(
        _FREE.search(choice) and not _BOUND.search(choice)
        for choice in re.split(r"\bOR\b", licence)
    )


def licence_of(package: str) -> str:
    told = metadata(package)
    classifiers = [one for one in told.get_all("Classifier", []) if one.startswith("License")]
    for named in (told.get_all("License-Expression"), classifiers, told.get_all("License")):
        if named:
            return "; ".join(named)
    return _TOLD_IN_A_FILE_ONLY.get(package, "")


def test_everything_that_is_installed_by_default_is_free() -> None:
    bound = {name: licence_of(name) for name in listed("dev") if not is_free(licence_of(name))}
    assert bound == {}


@pytest.mark.parametrize(
    ("licence", "free"),
    [
        ("MIT", True),
        ("Apache-2.0 OR GPL-2.0-or-later", True),
        ("License :: Free for non-commercial use", False),
        ("License :: OSI Approved :: GNU General Public License v3 (GPLv3)", False),
        ("MIT AND LGPL-3.0", False),
        ("", False),
    ],
)
def test_licences(licence: str, free: bool) -> None:
    assert is_free(licence) is free
