"""The types that users see: what they write passes mypy --strict, and mistakes do not."""

from pathlib import Path

import pytest
from mypy import api

SNIPPETS = Path(__file__).with_name("user_snippets.py")
MISTAKES = {
    "denoise(3)": "No overload variant",
    "denoise('a.jpg').tobytes(3.5)": "incompatible type",
    "Denoiser('int4')": "incompatible type",
    "Denoiser().denoise(b'', strength='much')": "No overload variant",
}
"""What users may write by mistake, and what the complaint about it says."""


def check(*arguments: str) -> tuple[str, int]:
    found, crashed, code = api.run(["--strict", "--config-file=", *arguments])
    assert not crashed
    return found, code


def test_what_users_write_passes_without_a_cast() -> None:
    found, code = check(str(SNIPPETS))
    assert code == 0, found


@pytest.fixture(scope="module")
def complaints() -> str:
    """What mypy says of all mistakes: each is on a line of its own."""
    found, code = check(
        "-c", "\n".join(["from litedenoise_sdk import Denoiser, denoise", *MISTAKES])
    )
    assert code == 1
    return found


@pytest.mark.parametrize(("line", "named"), enumerate(MISTAKES.values(), start=2))
def test_mistakes_are_found(complaints: str, line: int, named: str) -> None:
    (about,) = [one for one in complaints.splitlines() if one.startswith(f"<string>:{line}: error")]
    assert named in about
