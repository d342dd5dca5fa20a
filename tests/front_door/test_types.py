"""The types that users see: what they write passes mypy --strict, and mistakes do not."""

from pathlib import Path

import pytest
from mypy import api

SNIPPETS = Path(__file__).with_name("user_snippets.py")


def check(*arguments: str) -> tuple[str, int]:
    found, crashed, code = api.run(["--strict", "--config-file=", *arguments])
    assert not crashed
    return found, code


def test_what_users_write_passes_without_a_cast() -> None:
    found, code = check(str(SNIPPETS))
    assert code == 0, found


@pytest.mark.parametrize(
    ("mistake", "named"),
    [
        ("denoise(3)", "No overload variant"),
        ("denoise('a.jpg').tobytes(3.5)", "incompatible type"),
        ("Denoiser('int4')", "incompatible type"),
        ("Denoiser().denoise(b'', strength='much')", "No overload variant"),
    ],
)
def test_mistakes_are_found(mistake: str, named: str) -> None:
    found, code = check("-c", f"from litedenoise_sdk import Denoiser, denoise\n{mistake}\n")
    assert code == 1
    assert named in found
