"""Writes schedules.json: how rows flow through the network, on which Python, Kotlin and the
page agree.

    python tests/golden/write_schedules.py

``nodes`` are those of the released network. ``schedules`` are written out; ``crc32_of_groups`` are
checksums of many more, drawn as in write_random_plans.py, and ``crc32_of_waits`` of what bands wait
for, which the page need not know, as it computes one after the other. ``plans`` are what is chosen
for photos.
"""

import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.runtime.cpu.choose import plan_photo
from litedenoise_sdk.runtime.cpu.columns import cut_columns
from litedenoise_sdk.runtime.cpu.nodes import Network
from litedenoise_sdk.runtime.cpu.schedule import Pace, Schedule, schedule
from litedenoise_sdk.tiling.axis import MARGIN_PX, padded_length

GOLDEN = Path(__file__).with_name("schedules.json")
GROUPS = 5
CASES = 30

_NETWORK = Network.of(load_released("int8").graph)
_NODES = _NETWORK.nodes


def golden() -> dict[str, Any]:
    return {
        "margin_px": MARGIN_PX,
        "nodes": [_node(number) for number in range(len(_NODES))],
        "schedules": [_written_out(height, Pace(48, early)) for height, early in _WRITTEN_OUT],
        "cases_in_group": CASES,
        "crc32_of_groups": [_checksum(_case, group) for group in range(GROUPS)],
        "crc32_of_waits": [_checksum(_waits, group) for group in range(GROUPS)],
        "plans": [_plan(photo, budget_mb) for photo, budget_mb in _PLANNED],
    }


_WRITTEN_OUT = ((1, False), (150, False), (150, True))
_PLANNED = (
    (Size(1, 1), 100),
    (Size(1200, 1800), 2000),
    (Size(3000, 4000), 256),
    (Size(6144, 8192), 256),
    (Size(8192, 6144), 128),
)


def _node(number: int) -> dict[str, Any]:
    node = _NODES[number]
    cost = _NETWORK.costs[number - 1] if number else None
    return {
        "level": node.level,
        "overlap_px": node.overlap_px,
        "reads": [
            {
                "node": read.node,
                "stride": read.window.stride,
                "before_px": read.window.before_px,
                "after_px": read.window.after_px,
                "doubled": read.window.doubled,
            }
            for read in node.reads
        ],
        "tile_bytes": cost.tile_bytes if cost else 0,
        "row_bytes": cost.row_bytes if cost else 0,
        "macs": cost.macs if cost else 0,
    }


def _schedule(height: int, pace: Pace) -> Schedule:
    return schedule(_NODES, padded_length(height), (MARGIN_PX, MARGIN_PX + height), pace)


def _rows(plan: Schedule) -> list[list[dict[str, Any]]]:
    """Rows, and when they are due, of every band of every node."""
    return [
        [
            {
                "rows": [band.start, band.stop, band.own_start, band.own_stop],
                "due": plan.due(node, number),
            }
            for number, band in enumerate(bands)
        ]
        for node, bands in enumerate(plan.bands)
    ]


def _waits_of(plan: Schedule) -> list[list[list[list[int]]]]:
    """Node and number of what each band of every node waits for."""
    return [
        [
            [[wait.node, wait.bands] for wait in plan.waits(node, number)]
            for number in range(len(bands))
        ]
        for node, bands in enumerate(plan.bands)
    ]


def _written_out(height: int, pace: Pace) -> dict[str, Any]:
    plan = _schedule(height, pace)
    return {
        "height": height,
        "rows_px": pace.rows_px,
        "early": pace.early,
        "ring_rows": list(plan.ring_rows),
        "bands": _rows(plan),
        "waits": _waits_of(plan),
    }


def _checksum(write: Callable[[Callable[[int], int]], list[Any]], group: int) -> str:
    """Of lines of JSON."""
    draw = _generator(group)
    lines = (json.dumps(write(draw), separators=(",", ":")) + "\n" for _ in range(CASES))
    return f"{zlib.crc32(''.join(lines).encode()):08x}"


def _case(draw: Callable[[int], int]) -> list[Any]:
    """A schedule, and the columns of a strip."""
    plan = _drawn(draw)
    width, longest_px = 1 + draw(2000), 16 + draw(300)
    first = draw(width)
    kept = MARGIN_PX + first, MARGIN_PX + first + 1 + draw(width - first)
    side = padded_length(width)
    (columns,) = cut_columns(_NODES, side, [kept], [side, *[longest_px] * (len(_NODES) - 1)])
    numbers = [[[p.start, p.stop, p.own_start, p.own_stop] for p in node] for node in columns]
    return [list(plan.ring_rows), _rows(plan), [node.own_px for node in columns], numbers]


def _waits(draw: Callable[[int], int]) -> list[Any]:
    return _waits_of(_drawn(draw))


def _drawn(draw: Callable[[int], int]) -> Schedule:
    height, rows_px, early = 1 + draw(2000), 16 * (1 + draw(16)), draw(2) == 1
    return _schedule(height, Pace(rows_px, early))


def _plan(photo: Size, budget_mb: int) -> dict[str, Any]:
    fixed_bytes = 60_000_000
    plan = plan_photo(_NETWORK, photo, fixed_bytes, budget_mb * 1_000_000)
    return {
        "photo": [photo.height, photo.width],
        "fixed_bytes": fixed_bytes,
        "budget_bytes": budget_mb * 1_000_000,
        "strips": [list(strip) for strip in plan.strips],
        "tiles": [[tile.height, tile.width] for tile in plan.tiles],
        "rings": [[ring.height, ring.width] for ring in plan.rings],
        "tile_counts": list(plan.tile_counts),
        "peak_memory_bytes": plan.peak_memory_bytes,
        "work_factor": round(plan.work_factor, 6),
    }


def _generator(seed: int) -> Callable[[int], int]:
    state = seed

    def draw(below: int) -> int:
        nonlocal state
        state = (state * 1664525 + 1013904223) % 2**32
        return (state >> 8) % below

    return draw


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(golden()) + "\n", encoding="utf-8")
