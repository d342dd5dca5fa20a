"""Writes plans.json: block plans and block choices that every implementation must agree on.

    python tests/golden/write_plans.py

Read by tests/tiling/test_golden.py, and meant for the Kotlin tests as well: lengths and boxes are
whole numbers, [height, width] and [top, left, bottom, right] with ends excluded.
"""

import json
from pathlib import Path

from litedenoise_sdk.errors import OptionsError
from litedenoise_sdk.geometry import Box, Size
from litedenoise_sdk.tiling import BlockPlan, LinearCost, choose_block
from litedenoise_sdk.tiling.stitch import source_indices

GOLDEN = Path(__file__).with_name("plans.json")

# Photo height and width, block height and width, halo.
PLANS = [
    (1, 1, 48, 48, 128),
    (1, 1, 256, 256, 64),
    (1, 7, 64, 48, 64),
    (7, 1, 48, 64, 64),
    (16, 16, 48, 48, 16),
    (17, 31, 64, 64, 16),
    (33, 500, 80, 208, 64),
    (200, 300, 48, 64, 16),
    (200, 300, 32, 32, 0),
    (223, 225, 256, 272, 64),
    (224, 225, 256, 256, 64),
    (241, 255, 256, 256, 64),
    (255, 511, 208, 544, 64),
    (768, 1023, 512, 512, 128),
    (999, 777, 304, 272, 48),
    (1080, 1920, 1088, 1920, 64),
    (2432, 3200, 1296, 752, 64),
    (2432, 3200, 1296, 3232, 64),
    (3200, 2432, 992, 1008, 128),
]

# Photo height and width, halo, bytes for each pixel, budget, fixed bytes.
CHOICES = [
    (1, 1, 64, 384.0, 500_000_000, 0),
    (1, 4000, 64, 384.0, 128_000_000, 100_000_000),
    (97, 97, 64, 1.0, 21_000, 0),
    (98, 97, 64, 1.0, 20_000, 0),
    (480, 640, 64, 384.0, 512_000_000, 92_000_000),
    (2432, 3200, 64, 384.0, 512_000_000, 92_000_000),
    (2432, 3200, 128, 384.0, 512_000_000, 92_000_000),
    (2432, 3200, 64, 105.5, 512_000_000, 92_000_000),
    (2432, 3200, 48, 105.5, 128_000_000, 92_000_000),
    (4000, 6000, 64, 384.0, 512_000_000, 92_000_000),
    (8660, 11547, 64, 105.5, 512_000_000, 92_000_000),
    (8660, 11547, 128, 384.0, 512_000_000, 92_000_000),
    (11547, 8660, 64, 384.0, 100_000_000, 96_000_000),
]

# Length of the photo's axis, first position, position after the last.
MIRRORS = [(1, -16, 32), (2, -16, 30), (5, -16, 27), (16, -16, 32), (17, -16, 48), (40, -16, 72)]


def golden_plans() -> dict[str, object]:
    return {
        "plans": [plan_record(*case) for case in PLANS],
        "choices": [choice_record(*case) for case in CHOICES],
        "mirrors": [
            {
                "length": length,
                "start": start,
                "stop": stop,
                "source": source_indices(start, stop, length).tolist(),
            }
            for length, start, stop in MIRRORS
        ],
    }


def plan_record(height: int, width: int, rows: int, columns: int, halo: int) -> dict[str, object]:
    plan = BlockPlan(Size(height, width), Size(rows, columns), halo)
    return {
        "photo": [height, width],
        "block": [rows, columns],
        "halo_px": halo,
        "margin_px": plan.margin_px,
        "padded": [plan.padded.height, plan.padded.width],
        "blocks": [{"read": corners(b.read), "own": corners(b.own)} for b in plan.blocks],
    }


def choice_record(
    height: int, width: int, halo: int, bytes_per_px: float, budget: int, fixed: int
) -> dict[str, object]:
    try:
        block = choose_block(Size(height, width), halo, LinearCost(fixed, bytes_per_px), budget)
    except OptionsError:
        chosen = None
    else:
        chosen = [block.height, block.width]
    return {
        "photo": [height, width],
        "halo_px": halo,
        "bytes_per_px": bytes_per_px,
        "budget_bytes": budget,
        "fixed_bytes": fixed,
        "block": chosen,
    }


def corners(box: Box) -> list[int]:
    return [box.top, box.left, box.bottom, box.right]


def as_json(golden: dict[str, object]) -> str:
    """One case on each line, so that a change shows as the cases it touches."""
    sections = []
    for name, cases in golden.items():
        assert isinstance(cases, list)
        lines = ",\n    ".join(json.dumps(case) for case in cases)
        sections.append(f'  "{name}": [\n    {lines}\n  ]')
    return "{\n" + ",\n".join(sections) + "\n}\n"


if __name__ == "__main__":
    GOLDEN.write_text(as_json(golden_plans()), encoding="utf-8")
