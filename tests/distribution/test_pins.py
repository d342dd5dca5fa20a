"""requirements/: the locks hold what the lists beside them pin, with hashes."""

import re

import pytest

from tests.distribution.pinned import FOLDER, listed, pins


@pytest.mark.parametrize("name", ["run", "serve", "dev", "bm3d"])
def test_the_lock_is_that_of_the_list(name: str) -> None:
    lock = (FOLDER / f"{name}.lock").read_text(encoding="utf-8")
    assert pins(lock) == listed(name), "run make locks"
    entries = re.split(r"\n(?=\S)", lock.strip())
    assert len(entries) == len(pins(lock))
    assert all("--hash=sha256:" in entry for entry in entries)
