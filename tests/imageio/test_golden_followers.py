"""What follows a JPEG picture, as tests/golden/followers.json has it for Python and Kotlin."""

import base64
import json

import pytest

from tests.golden.write_followers import GOLDEN, outcome

CASES = json.loads(GOLDEN.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", CASES)
def test_files_become_what_is_written_down(name: str) -> None:
    case = CASES[name]
    source = base64.b64decode(case.pop("source"))
    assert outcome(source) == case
