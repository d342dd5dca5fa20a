"""What would make a machine faster, from what was found on it."""

import pytest

from litedenoise_sdk.options import Precision
from litedenoise_sdk.runtime.auto.trial import Trial
from litedenoise_sdk.tools.advice import advice

SLOW = Trial("npu", True, "", seconds=2, cpu_seconds=1)
FAST = Trial("npu", True, "", seconds=1, cpu_seconds=3)
WRONG = Trial("gpu", False, "", seconds=0.1, cpu_seconds=3)


@pytest.mark.parametrize(
    ("precision", "trials", "lacks_openvino", "has_dot_products", "told"),
    [
        ("int8", [SLOW], True, True, "pip install 'litedenoise-sdk[openvino]'"),
        ("fp32", [SLOW], False, True, "--precision int8"),
        ("fp32", [SLOW], False, False, "cpu is the fastest"),
        ("int8", [SLOW], False, False, "--precision fp32"),
        ("int8", [WRONG, FAST], False, True, "auto takes npu"),
        ("int8", [WRONG], False, True, "cpu is the fastest"),
    ],
)
def test_one_line_says_what_helps(
    precision: Precision,
    trials: list[Trial],
    lacks_openvino: bool,
    has_dot_products: bool,
    told: str,
) -> None:
    line = advice(
        precision, trials, lacks_openvino=lacks_openvino, has_dot_products=has_dot_products
    )
    assert told in line
    assert "\n" not in line
