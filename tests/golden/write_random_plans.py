"""Writes random_plans.json: checksums of 10,000 block plans that Python and Kotlin both recompute.

    python tests/golden/write_random_plans.py

Cases are drawn by a linear congruential generator that any language can repeat; each group of 500
starts it anew from its own number. A group's checksum is the CRC-32 of its cases' lines.
"""

import json
import zlib
from collections.abc import Callable
from pathlib import Path

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.tiling import BlockPlan, LinearCost, choose_block

GOLDEN = Path(__file__).with_name("random_plans.json")
GROUPS = 20
CASES = 500


def checksum(group: int) -> str:
    draw = _generator(group)
    return f"{zlib.crc32(''.join(_case(draw) for _ in range(CASES)).encode()):08x}"


def _case(draw: Callable[[int], int]) -> str:
    """One plan as a line: photo, halo, budget in pixels, block, then all boxes."""
    photo = Size(1 + draw(4000), 1 + draw(4000))
    halo_px = 16 * draw(10)
    budget_px = 200_000 + draw(2_000_000)
    plan = BlockPlan(photo, choose_block(photo, halo_px, LinearCost(0, 1.0), budget_px), halo_px)
    boxes = (
        f"{box.top},{box.left},{box.bottom},{box.right}"
        for block in plan.blocks
        for box in (block.read, block.own, block.kept)
    )
    return f"{photo} {halo_px} {budget_px} {plan.block} {' '.join(boxes)}\n"


def _generator(seed: int) -> Callable[[int], int]:
    state = seed

    def draw(below: int) -> int:
        nonlocal state
        state = (state * 1664525 + 1013904223) % 2**32
        return (state >> 8) % below

    return draw


if __name__ == "__main__":
    golden = {
        "cases_in_group": CASES,
        "crc32_of_groups": [checksum(group) for group in range(GROUPS)],
    }
    GOLDEN.write_text(json.dumps(golden, indent=2) + "\n", encoding="utf-8")
