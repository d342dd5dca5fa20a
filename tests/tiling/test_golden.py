"""The plans that Python and Kotlin must agree on, as they were written down.

After a change that is meant: python tests/golden/write_plans.py
"""

import json
from pathlib import Path
from typing import Any

import pytest

from litedenoise_sdk.errors import OptionsError
from litedenoise_sdk.geometry import Box, Size
from litedenoise_sdk.tiling import BlockPlan, LinearCost, choose_block
from litedenoise_sdk.tiling.stitch import source_indices

GOLDEN = json.loads(
    (Path(__file__).parents[1] / "golden" / "plans.json").read_text(encoding="utf-8")
)


def shape(case: dict[str, Any]) -> str:
    return "x".join(str(side) for side in case["photo"]) + f" halo {case['halo_px']}"


@pytest.mark.parametrize("case", GOLDEN["plans"], ids=shape)
def test_plans(case: dict[str, Any]) -> None:
    plan = BlockPlan(Size(*case["photo"]), Size(*case["block"]), case["halo_px"])
    assert plan.margin_px == case["margin_px"]
    assert plan.padded == Size(*case["padded"])
    assert [block.read for block in plan.blocks] == [Box(*b["read"]) for b in case["blocks"]]
    assert [block.own for block in plan.blocks] == [Box(*b["own"]) for b in case["blocks"]]


@pytest.mark.parametrize("case", GOLDEN["choices"], ids=shape)
def test_choices(case: dict[str, Any]) -> None:
    def choose() -> Size:
        return choose_block(
            Size(*case["photo"]),
            case["halo_px"],
            LinearCost(case["fixed_bytes"], case["bytes_per_px"]),
            case["budget_bytes"],
        )

    if case["block"] is None:
        with pytest.raises(OptionsError):
            choose()
    else:
        assert choose() == Size(*case["block"])


@pytest.mark.parametrize("case", GOLDEN["mirrors"], ids=lambda case: str(case["length"]))
def test_mirrors(case: dict[str, Any]) -> None:
    sources = source_indices(case["start"], case["stop"], case["length"])
    assert sources.tolist() == case["source"]
