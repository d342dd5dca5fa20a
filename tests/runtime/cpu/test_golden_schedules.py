"""The schedules that Python and the page must agree on, as they were written down.

After a change that is meant: python tests/golden/write_schedules.py
"""

import json

from tests.golden.write_schedules import GOLDEN, golden


def test_schedules_are_those_that_were_written_down() -> None:
    assert golden() == json.loads(GOLDEN.read_text(encoding="utf-8"))
