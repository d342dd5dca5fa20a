"""Pixels and random plans that Python and Kotlin must agree on, as they were written down."""

import json
from pathlib import Path

from tests.golden.write_pixels import golden_pixels
from tests.golden.write_random_plans import checksum

GOLDEN = Path(__file__).parents[1] / "golden"


def test_pixels_are_what_was_written_down() -> None:
    assert golden_pixels() == json.loads((GOLDEN / "pixels.json").read_text(encoding="utf-8"))


def test_random_plans_are_what_was_written_down() -> None:
    """One group here; the Kotlin tests go through all of them."""
    golden = json.loads((GOLDEN / "random_plans.json").read_text(encoding="utf-8"))
    assert checksum(group=7) == golden["crc32_of_groups"][7]
